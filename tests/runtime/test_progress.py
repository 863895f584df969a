"""How long work says how far it is where there is no terminal."""

import pytest

from runtime.cli.progress import Lines


def test_a_line_comes_every_ten_seconds_with_the_rate_and_what_is_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    times = iter([100.0, 104.0, 110.0, 119.0, 130.0])
    lines = Lines("replaying", lambda: next(times))
    for done in (1000, 1400, 2000, 2900, 4000):
        lines(done, 10_000)
    assert capsys.readouterr().err.splitlines() == [
        "replaying: 2000 of 10000, 100 a second, 0:01:20 left",
        "replaying: 4000 of 10000, 100 a second, 0:01:00 left",
    ]


def test_what_stands_still_has_no_end(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 10.0])
    lines = Lines("checking", lambda: next(times))
    for _ in range(2):
        lines(5, 9)
    assert capsys.readouterr().err == "checking: 5 of 9, 0 a second\n"
