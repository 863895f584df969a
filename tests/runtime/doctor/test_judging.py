"""What each reading is taken for, and that whatever is not well comes with advice."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from reactions.ports.answers import ActingUser, AppStanding
from runtime.doctor import judging
from runtime.doctor.finding import Finding
from runtime.settings import Settings

ALL = AppStanding(1, "conductor", {**judging.NEEDED, "contents": "write"}, judging.EVENTS)


def settings(**secrets: str) -> Settings:
    return Settings(_env_file=None, **{name: SecretStr(value) for name, value in secrets.items()})  # type: ignore[arg-type]  # secrets only


def states(findings: list[Finding]) -> list[str]:
    assert all(each.advice for each in findings if each.state != "ok")
    return [each.state for each in findings]


def test_secrets_are_judged_by_their_length_and_never_shown() -> None:
    assert states(judging.judge_settings(settings(webhook_secret="", admin_token=""))) == [
        "problem",
        "problem",
    ]
    short = judging.judge_settings(settings(webhook_secret="pass", admin_token="word"))
    assert states(short) == ["warning", "warning"]
    assert "pass" not in repr(short)
    long = settings(webhook_secret="x" * 32, admin_token="y" * 32)
    assert states(judging.judge_settings(long)) == ["ok", "ok"]


def test_of_several_webhook_secrets_the_shortest_counts() -> None:
    both = settings(webhook_secret=f"{'x' * 32},short", admin_token="y" * 32)
    assert states(judging.judge_settings(both)) == ["warning", "ok"]


def test_an_app_with_all_it_needs_is_well() -> None:
    assert states(judging.judge_app(ALL)) == ["ok", "ok", "ok"]


@pytest.mark.parametrize("name", judging.NEEDED)
def test_every_permission_that_lacks_is_a_problem(name: str) -> None:
    granted = {key: level for key, level in ALL.permissions.items() if key != name}
    findings = judging.judge_app(AppStanding(1, "conductor", granted, judging.EVENTS))
    assert states(findings) == ["ok", "problem", "ok"]
    assert name in findings[1].found


def test_reading_is_no_writing() -> None:
    weak = AppStanding(1, "conductor", {**ALL.permissions, "issues": "read"}, judging.EVENTS)
    assert states(judging.judge_app(weak))[1] == "problem"


@pytest.mark.parametrize("name", judging.EVENTS)
def test_every_event_that_is_not_heard_is_a_problem(name: str) -> None:
    heard = tuple(event for event in judging.EVENTS if event != name)
    findings = judging.judge_app(AppStanding(1, "conductor", ALL.permissions, heard))
    assert states(findings) == ["ok", "ok", "problem"]


def test_installations() -> None:
    assert judging.judge_installations([], []).state == "problem"
    assert judging.judge_installations(["octo"], ["octo"]).state == "warning"
    assert judging.judge_installations(["octo"], []).state == "ok"


def test_an_acting_user_is_missed_and_named() -> None:
    assert judging.judge_user(None).state == "warning"
    assert "ada" in judging.judge_user(ActingUser(7, "ada")).found


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (29, "ok"), (-29, "ok"), (31, "problem"), (-31, "problem")]
)
def test_clocks_may_differ_by_little(seconds: int, state: str) -> None:
    assert judging.judge_clock(timedelta(seconds=seconds)).state == state
