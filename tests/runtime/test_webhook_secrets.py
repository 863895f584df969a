"""Secrets that speak only for some: how the settings say it, and what does not fit."""

import pytest
from pydantic import SecretStr, ValidationError

from runtime.sentences import unfit_settings
from runtime.settings import Settings

NAME = "ORCHESTRATOR_WEBHOOK_SECRET_BINDINGS"


def settings(secrets: str, bindings: str = "") -> Settings:
    return Settings(
        _env_file=None, webhook_secret=SecretStr(secrets), webhook_secret_bindings=bindings
    )


def test_a_name_is_read_only_where_it_is_bound() -> None:
    bound, plain = settings("team-a:one:two,other:three", "team-a=owner:Acme").webhook_secrets
    assert (bound.name, bound.value, *bound.owners) == ("team-a", b"one:two", "acme")
    assert (plain.value, plain.bound) == (b"other:three", False)


def test_several_names_owners_and_installations() -> None:
    one, other = settings(
        "a:x,b:y", " a = owner:acme, installation:42 ; b=owner:zoo;"
    ).webhook_secrets
    assert (*one.owners, *one.installations) == ("acme", 42)
    assert (*other.owners, *other.installations) == ("zoo",)


def test_a_bound_secret_can_be_rotated() -> None:
    secrets = settings("a:new,a:old", "a=owner:acme").webhook_secrets
    assert [(each.name, each.value) for each in secrets] == [("a", b"new"), ("a", b"old")]


def test_a_secret_without_a_name_is_told_from_others_and_not_told() -> None:
    one, other, again = settings("first-secret,second-secret,first-secret").webhook_secrets
    assert one.name == again.name != other.name
    assert one.name.startswith("#")
    assert len(one.name) == len("#3fa1")


@pytest.mark.parametrize(
    ("secrets", "bindings", "why"),
    [
        ("a:hunter2", "a", "entry 1 does not begin with a name"),
        ("a:hunter2", "a=owner:acme;=owner:zoo", "entry 2 does not begin with a name"),
        ("a:hunter2", "a b=owner:acme", "entry 1 does not begin with a name"),
        ("a:hunter2", "a=owner:acme;a=owner:zoo", "a is bound twice"),
        ("a:hunter2", "a=acme", "neither owner nor number"),
        ("a:hunter2", "a=", "neither owner nor number"),
        ("a:hunter2", "a=owner:ac/me", "neither owner nor number"),
        ("a:hunter2", "a=installation:x", "neither owner nor number"),
        ("a:hunter2", "a=installation:0", "neither owner nor number"),
        ("a:hunter2", "a=hunter2", "neither owner nor number"),
        ("hunter2", "a=owner:acme", "has no a:SECRET"),
        ("", "a=owner:acme", "has no a:SECRET"),
        ("a:", "a=owner:acme", "a has no secret behind its colon"),
        ("a:hunter2,hunter2", "a=owner:acme", "once more"),
        ("a:hunter2,b:hunter2", "a=owner:acme;b=owner:zoo", "once more"),
    ],
)
def test_what_does_not_fit_is_said_and_no_secret_is_shown(
    secrets: str, bindings: str, why: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(secrets, bindings)
    said = unfit_settings(refused.value)
    assert why in said[NAME]
    assert "hunter2" not in said[NAME]
