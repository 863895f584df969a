"""Secrets are judged by how they look, and never told."""

from secrets import token_hex, token_urlsafe

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from runtime.doctor.finding import ok
from runtime.doctor.secret_values import (
    judge_admin_token,
    judge_secret_key,
    judge_webhook_secret,
    without_secrets,
)
from runtime.settings import Settings
from tests.runtime.doctor.told import held

GOOD = "3q2Zk8vB1nLw9TzXc7Rf5Yh4"
PLACEHOLDERS = [
    "changeme",
    "change-me",
    "CHANGE_ME",
    "your-webhook-secret",
    "your_secret_here",
    "my-secret",
    "webhook_secret",
    "admin-token",
    "secret",
    "password",
    "xxxxxxxxxxxxxxxxxxxx",
    "<your secret here>",
    "${WEBHOOK_SECRET_FROM_VAULT}",
    "placeholder",
    "example",
]


def settings(webhook_secret: str = GOOD, admin_token: str = token_hex(32)) -> Settings:
    return Settings(
        _env_file=None,
        webhook_secret=SecretStr(webhook_secret),
        admin_token=SecretStr(admin_token),
    )


@pytest.mark.parametrize("size", range(16, 40))
def test_what_init_and_openssl_make_is_ok(size: int) -> None:
    for secret in (token_urlsafe(size), token_hex(size)):
        assert held(judge_webhook_secret(settings(secret))).state == "ok"
        assert held(judge_admin_token(settings(admin_token=secret))).state == "ok"


@pytest.mark.parametrize("secret", PLACEHOLDERS)
def test_a_placeholder_is_a_problem(secret: str) -> None:
    for finding in (
        judge_webhook_secret(settings(secret)),
        judge_webhook_secret(settings(f"{GOOD}, {secret}")),
        judge_admin_token(settings(admin_token=secret.replace(" ", ""))),
    ):
        assert held(finding).state == "problem"
        assert "placeholder" in finding.found


@pytest.mark.parametrize("secret", ["hunter2", "0123456789abcde", "abababababababababab"])
def test_a_weak_one_is_a_warning(secret: str) -> None:
    assert held(judge_webhook_secret(settings(secret))).state == "warning"
    assert held(judge_webhook_secret(settings(f"{GOOD},{secret}"))).state == "warning"
    assert held(judge_admin_token(settings(admin_token=secret))).state == "warning"


@pytest.mark.parametrize("secret", ["", " ", ",", " , "])
def test_without_a_secret_every_delivery_is_refused(secret: str) -> None:
    finding = held(judge_webhook_secret(settings(secret)))
    assert finding.state == "problem"
    assert "every delivery is refused" in finding.found


def test_without_a_token_nobody_can_read() -> None:
    assert held(judge_admin_token(settings(admin_token=""))).state == "problem"


@pytest.mark.parametrize(
    "token", ["два слова и ещё немного", f"{GOOD}\x00x", f"{GOOD[::-1]}, {GOOD[::-1]} x"]
)
def test_a_token_that_no_request_can_carry_is_a_problem(token: str) -> None:
    finding = held(judge_admin_token(settings(admin_token=token)))
    assert (finding.state, "no request can carry" in finding.found) == ("problem", True)


def test_the_webhook_secret_is_no_admin_token_since_github_knows_it() -> None:
    finding = held(judge_admin_token(settings(f"other-{GOOD},{GOOD}", GOOD)))
    assert (finding.state, "GitHub knows" in finding.found) == ("problem", True)


def test_secrets_in_rotation_are_counted() -> None:
    assert "2 are set" in judge_webhook_secret(settings(f"{GOOD},{token_hex(20)}")).found
    two = f"{token_hex(20)}, {token_hex(20)}\n"
    assert "2 are set" in judge_admin_token(settings(admin_token=two)).found


@given(st.text("~^aZ", max_size=60), st.text("~^aZ", max_size=60))
def test_nothing_of_a_secret_is_told(secret: str, other: str) -> None:
    given_ones = settings(f"{secret},{other}", f"~{other}")
    for judge in (judge_webhook_secret, judge_admin_token):
        finding = held(judge(given_ones))
        assert not {"~", "^"} & set(finding.found + finding.advice)


@pytest.mark.parametrize("word", ["my-secret-", "test-", "example.", "x", "token-"])
def test_a_random_one_with_the_word_of_a_placeholder_is_none(word: str) -> None:
    for secret in (word + GOOD, GOOD + word):
        assert held(judge_webhook_secret(settings(secret))).state == "ok"
        assert held(judge_admin_token(settings(admin_token=secret))).state == "ok"


def with_key(key: str) -> Settings:
    return settings().model_copy(update={"secret_key": SecretStr(key)})


def test_without_a_key_marks_are_unsigned_and_how_to_get_one_is_said() -> None:
    finding = judge_secret_key(with_key(" , "))
    assert (finding.state, "unsigned" in finding.found) == ("warning", True)
    assert "init --add-missing" in finding.advice


def test_a_key_is_random_and_no_other_secret() -> None:
    known = settings()
    assert judge_secret_key(with_key(token_hex(32))).state == "ok"
    assert "2 are set" in judge_secret_key(with_key(f"{token_hex(32)},{token_hex(32)}")).found
    shared = (GOOD, known.admin_token.get_secret_value())
    for weak in ("changeme", *shared):
        held_with = known.model_copy(update={"secret_key": SecretStr(weak)})
        assert judge_secret_key(held_with).state == "problem"
    assert judge_secret_key(with_key("short")).state == "warning"


def test_a_key_is_hidden_in_whatever_is_found() -> None:
    key = token_hex(32)
    [told] = without_secrets([ok("x", f"it is {key}")], with_key(f"{token_hex(32)},{key}"))
    assert key not in told.found
