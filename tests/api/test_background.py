"""When a read model's lag is complained of, and how a task's health is told."""

from collections.abc import Sequence

from api.background import GREW_SECONDS, SAMPLE_SECONDS, Background, LagWatch, TaskHealth
from projections.engine.status import ProjectionStatus

SAMPLES = int(GREW_SECONDS / SAMPLE_SECONDS) + 1


def at(position: int, lag: int, *, newer: bool = False) -> ProjectionStatus:
    return ProjectionStatus("lanes", position, lag, parked=0, newer=newer)


def watched(seen: Sequence[ProjectionStatus], seconds: float = SAMPLE_SECONDS) -> list[str]:
    watch = LagWatch()
    for number, each in enumerate(seen):
        watch.observe([each], number * seconds)
    return watch.complaints()


def test_a_read_model_that_takes_nothing_in_for_a_minute_is_complained_of() -> None:
    [complaint] = watched([at(100, 1343)] * SAMPLES)
    assert complaint.startswith("the read model lanes is 1343 events behind")
    assert "60 s" in complaint
    assert watched([at(100, 1343)] * (SAMPLES - 1)) == []


def test_a_lag_that_grows_for_a_minute_is_complained_of() -> None:
    assert watched([at(100 + n, 10 + n) for n in range(SAMPLES)])
    assert watched([at(100 + n, 10) for n in range(SAMPLES)]) == []  # it keeps pace


def test_a_lag_that_falls_once_in_the_minute_is_not() -> None:
    growing = [at(100 + n, 10 + n) for n in range(SAMPLES)]
    assert watched([*growing[:8], at(130, 5), *growing[8:]]) == []
    assert watched([*growing[:8], at(130, 0), *growing[8:]]) == []


def test_what_a_newer_release_makes_is_left_to_it() -> None:
    assert watched([at(100, 10 + n, newer=True) for n in range(SAMPLES)]) == []


def test_what_nobody_looked_at_meanwhile_is_not_known_to_have_grown() -> None:
    assert watched([at(100, 10), at(100, 11)], seconds=300.0) == []


def test_a_task_is_down_from_its_first_failure_until_it_works_again() -> None:
    background, task = Background(), TaskHealth("conductor-0")
    background.watch(task)
    assert background.complaints() == []
    task.failed("OSError: no space")
    since = task.down_since
    task.failed("OSError: still no space")
    assert task.down_since == since
    assert task.failures == 2
    [complaint] = background.complaints()
    assert complaint.startswith("the task conductor-0 has been down for ")
    assert complaint.endswith(" s: OSError: still no space")
    task.well()
    assert (background.complaints(), task.down_seconds) == ([], None)
