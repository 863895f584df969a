"""Where the App is installed, and what each owner has granted."""

from collections.abc import Mapping
from typing import Any

import pytest

from reactions.ports.failures import Unavailable
from runtime.doctor import needs
from runtime.doctor.finding import Unasked, Unread
from runtime.doctor.installations import judge_installations, read_installation
from tests.runtime.doctor.told import held, states

ALL = {each.name: each.level for each in needs.PERMISSIONS}


def listed(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 (any of the fields)
    return {
        "id": 77,
        "account": {"login": "acme"},
        "suspended_at": None,
        "permissions": ALL,
    } | fields


def judged(*installations: dict[str, Any], asked: Mapping[str, str] = ALL) -> list[str]:
    read = [each for each in map(read_installation, installations) if each is not None]
    return [*states(judge_installations(read, asked))]


def test_one_that_grants_everything_is_well_and_named() -> None:
    installation = read_installation(listed())
    assert installation is not None
    [finding] = judge_installations([installation], ALL)
    assert (held(finding).state, finding.about) == ("ok", "acme")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"suspended_at": "2026-11-01T00:00:00Z"}, "problem"),
        ({"permissions": ALL | {"issues": "read"}}, "problem"),
        ({"permissions": {}}, "problem"),
        ({"permissions": None}, "problem"),
        ({"permissions": ALL | {"contents": "read"}}, "warning"),
        ({"account": None}, "ok"),
    ],
)
def test_one_that_grants_less_is_told(fields: dict[str, Any], state: str) -> None:
    assert judged(listed(**fields)) == [state]


def test_what_is_not_accepted_yet_is_named_with_what_it_is_for() -> None:
    granted = {name: level for name, level in ALL.items() if name != "administration"}
    installation = read_installation(listed(permissions=granted))
    assert installation is not None
    [finding] = judge_installations([installation], ALL)
    assert finding.state == "warning"
    assert "administration: read (to see what classic branch protection" in finding.found
    assert "until then the old permissions hold" in finding.advice


def test_what_the_app_does_not_ask_for_is_not_laid_to_the_owner() -> None:
    less = ALL | {"contents": "read"}
    assert judged(listed(permissions=less), asked=less) == ["ok"]
    assert judged(listed(permissions={}), asked={}) == ["problem"]


def test_each_is_judged_by_itself() -> None:
    assert judged(listed(), listed(id=78, permissions={}), listed(id=79)) == ["ok", "problem", "ok"]


def test_one_without_a_number_is_left_out() -> None:
    assert read_installation({"account": {"login": "acme"}}) is None


def test_an_app_that_is_installed_nowhere_is_a_problem() -> None:
    assert judged() == ["problem"]


def test_a_list_that_was_not_read_is_told() -> None:
    assert states(judge_installations(Unread("no", failure=Unavailable("no")), ALL)) == ["problem"]
    assert states(judge_installations(Unasked("no", "see above"), ALL)) == ["skipped"]
