"""Whether GitHub answers, in our version, and whose clock is wrong."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reactions.ports.answers import ServerSetup
from runtime.doctor.finding import Unasked, Unread
from runtime.doctor.server import ahead_by, host_of, judge_address, judge_clock, judge_server
from tests.gateway.watch import START
from tests.runtime.doctor.told import held

HOST = "api.github.com"
SECOND = timedelta(seconds=1)


def a_server(
    ahead: float = 0, took: float = 0.2, versions: tuple[str, ...] | None = ("2022-11-28",)
) -> ServerSetup:
    asked_at = START + timedelta(seconds=ahead)
    answered_at = asked_at + timedelta(seconds=took)
    return ServerSetup(asked_at, answered_at, START, "2022-11-28", versions)


@pytest.mark.parametrize(
    ("versions", "state"),
    [
        (("2022-11-28", "2026-03-10"), "ok"),
        (None, "ok"),
        (("2026-03-10",), "problem"),
        ((), "problem"),
    ],
)
def test_the_version_that_we_ask_for_must_be_offered(
    versions: tuple[str, ...] | None, state: str
) -> None:
    finding = held(judge_server(a_server(versions=versions), HOST))
    assert (finding.state, HOST in finding.found) == (state, True)


def test_where_nothing_answers_the_clock_is_not_judged() -> None:
    gone = Unread("GitHub could not be reached: ConnectError")
    assert held(judge_server(gone, HOST)).state == "problem"
    assert HOST in judge_server(gone, HOST).advice
    assert held(judge_clock(gone)).state == "skipped"
    offline = Unasked("GitHub was not asked", "run it without --offline")
    assert held(judge_server(offline, HOST)).state == "skipped"
    assert held(judge_clock(offline)).state == "skipped"


def test_an_answer_without_a_date_is_no_clock() -> None:
    silent = ServerSetup(START, START, None, "2022-11-28", None)
    assert held(judge_clock(silent)).state == "skipped"


@pytest.mark.parametrize(
    ("ahead", "state", "words"),
    [
        (0, "ok", "agrees with GitHub's"),
        (0.9, "ok", "agrees with GitHub's"),
        (11, "ok", "10 seconds ahead of GitHub's"),
        (-10.2, "ok", "10 seconds behind GitHub's"),
        (31, "warning", "30 seconds ahead of GitHub's"),
        (-120.2, "warning", "120 seconds behind GitHub's"),
        (62, "problem", "61 seconds ahead of GitHub's"),
        (-301.2, "problem", "301 seconds behind GitHub's"),
        (3601, "problem", "60 minutes ahead of GitHub's"),
    ],
)
def test_the_clocks_may_differ_by_little(ahead: float, state: str, words: str) -> None:
    finding = held(judge_clock(a_server(ahead)))
    assert (finding.state, finding.found) == (state, words)


@given(st.floats(0, 30), st.floats(0, 1), st.floats(0, 0.999))
def test_a_clock_that_is_right_is_never_called_wrong_however_slow_the_answer(
    took: float, share: float, within: float
) -> None:
    wrote_at = START + timedelta(seconds=within)
    asked_at = wrote_at - timedelta(seconds=took * share)
    answered_at = asked_at + timedelta(seconds=took)
    assert ahead_by(START, asked_at, max(answered_at, wrote_at)) == timedelta(0)


@given(st.floats(-1e6, 1e6), st.floats(0, 30))
def test_what_is_told_is_never_more_than_the_truth(ahead: float, took: float) -> None:
    off = timedelta(seconds=ahead)
    told = ahead_by(START, START + off, START + off + timedelta(seconds=took))
    assert abs(told) <= abs(off) + timedelta(microseconds=1)
    assert told * ahead >= timedelta(0)
    assert abs(off) - abs(told) <= SECOND + timedelta(seconds=took + 0.001)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.github.com",
        "https://ghe.example/api/v3",
        "https://api.tenant.ghe.com",
        "http://127.0.0.1:8123",
        "http://localhost:8123/api",
        "http://[::1]:8123",
        "http://[::1]",
    ],
)
def test_addresses_that_will_do(url: str) -> None:
    assert judge_address(url) is None


@pytest.mark.parametrize(
    ("url", "state", "words"),
    [
        ("https://github.com", "problem", "where people see GitHub"),
        ("https://www.github.com/api/v3", "problem", "where people see GitHub"),
        ("https://ghe.example:port/api/v3", "problem", "is no address"),
        ("https://[ghe/api", "problem", "is no address"),
        ("nonsense", "problem", "is no address"),
        ("http://ghe.example/api/v3", "warning", "in the clear"),
        ("http://10.0.0.1:80", "warning", "in the clear"),
        ("https://anna:hunter2@ghe.example/api/v3", "warning", "a user's name"),
    ],
)
def test_addresses_that_will_not(url: str, state: str, words: str) -> None:
    finding = judge_address(url)
    assert finding is not None
    assert (held(finding).state, words in finding.found) == (state, True)
    assert "hunter2" not in finding.found + finding.advice


def test_a_host_is_shown_with_its_port_and_without_its_user() -> None:
    assert host_of("https://anna:hunter2@ghe.example:8443/api") == "ghe.example:8443"
    assert host_of("http://[::1]:80/") == "[::1]:80"
