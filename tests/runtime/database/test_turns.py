"""Appends come first, and everything else gets its share all the same."""

import threading

import pytest

from runtime.database.threads import APPEND, OTHER, Turns


def job() -> None:
    """Do nothing; its time is told by the test."""


def fill(turns: Turns, kind: int, count: int) -> None:
    for _ in range(count):
        turns.put(kind, job)


def taken(turns: Turns, count: int, seconds: tuple[float, float] = (1.0, 1.0)) -> list[int]:
    """Take jobs, spend time on each as its kind says, and return their kinds in order."""
    kinds = []
    for _ in range(count):
        turn = turns.take()
        assert turn is not None
        kinds.append(turn[0])
        turns.spent(turn[0], seconds[turn[0]])
    return kinds


def test_an_append_goes_ahead_of_whoever_waits() -> None:
    turns = Turns()
    fill(turns, OTHER, 3)
    fill(turns, APPEND, 1)
    assert taken(turns, 4) == [APPEND, OTHER, OTHER, OTHER]


def test_jobs_of_a_kind_keep_their_order() -> None:
    turns, done = Turns(), list[int]()
    for number in range(5):
        turns.put(APPEND, lambda number=number: done.append(number))  # type: ignore[misc]
    for _ in range(5):
        turn = turns.take()
        assert turn is not None
        turn[1]()
    assert done == [0, 1, 2, 3, 4]


def test_when_both_always_wait_appends_get_three_quarters_of_the_jobs() -> None:
    turns = Turns()
    fill(turns, APPEND, 400)
    fill(turns, OTHER, 400)
    kinds = taken(turns, 400)
    assert kinds.count(OTHER) == 100
    assert all(OTHER in kinds[n : n + 5] for n in range(395))


def test_the_share_is_one_of_time_and_not_of_jobs() -> None:
    turns = Turns()
    fill(turns, APPEND, 1000)
    fill(turns, OTHER, 1000)
    kinds = taken(turns, 310, seconds=(1.0, 10.0))
    assert kinds.count(APPEND) == pytest.approx(300, abs=5)
    assert kinds.count(OTHER) == pytest.approx(10, abs=1)


@pytest.mark.parametrize(("busy", "late"), [(APPEND, OTHER), (OTHER, APPEND)])
def test_who_comes_late_has_saved_up_no_claim(busy: int, late: int) -> None:
    turns = Turns()
    fill(turns, busy, 1200)
    assert taken(turns, 1000) == [busy] * 1000
    fill(turns, late, 200)
    share = {APPEND: 0.75, OTHER: 0.25}[late]
    assert taken(turns, 100).count(late) == pytest.approx(100 * share, abs=2)


def test_take_waits_for_a_job() -> None:
    turns, got = Turns(), list[int]()
    thread = threading.Thread(target=lambda: got.extend(taken(turns, 1)))
    thread.start()
    turns.put(OTHER, job)
    thread.join()
    assert got == [OTHER]


def test_what_is_queued_at_the_close_is_still_handed_out() -> None:
    turns = Turns()
    fill(turns, OTHER, 2)
    turns.close()
    assert taken(turns, 2) == [OTHER, OTHER]
    assert turns.take() is None


def test_nothing_is_queued_after_the_close() -> None:
    turns = Turns()
    turns.close()
    with pytest.raises(RuntimeError, match="closed"):
        turns.put(APPEND, job)


def test_the_close_wakes_whoever_waits_for_a_job() -> None:
    turns, got = Turns(), list[object]()
    thread = threading.Thread(target=lambda: got.append(turns.take()))
    thread.start()
    turns.close()
    thread.join()
    assert got == [None]
