"""How checks went on the default branch lately."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING
from projections.check_records import CHECK_RECORDS, KEPT, list_check_records, records_of
from simulator.payloads import a_check_run, a_check_suite, a_repository, a_sha, deliveries
from tests.projections.builders import a_delivery, folded, project

ROCKET = a_repository("orbit-works/rocket")


def a_run(  # noqa: PLR0913 (what tells one run from another)
    commit: int,
    conclusion: str | None,
    *,
    run: int | None = None,
    name: str = "test",
    branch: str = "main",
    installation: int | None = 7,
) -> NewEvent:
    """A check run on a commit; ``run`` says which one, the later the greater.

    Without an installation it comes by a webhook of the repository's own.
    """
    sha = a_sha("of a check", commit)
    suite = a_check_suite(repository=ROCKET, head_sha=sha, head_branch=branch)
    built = a_check_run(name, repository=ROCKET, head_sha=sha, conclusion=conclusion)
    built |= {"id": 100 + commit if run is None else run, "check_suite": suite}
    payload = deliveries.check_run(repository=ROCKET, check_run=built)
    through = {} if installation is None else {"installation": {"id": installation}}
    told = {key: value for key, value in payload.items() if key != "installation"}
    return a_delivery("check_run", told | through)


def record(history: Iterable[NewEvent], name: str = "test") -> tuple[int, int] | None:
    """How many failed, and of how many."""
    row = folded(CHECK_RECORDS, history).get((ROCKET["id"], name))
    return None if row is None else (row.failed, row.of)


def test_each_commit_of_the_default_branch_counts_once() -> None:
    history = [a_run(1, "success"), a_run(2, "failure"), a_run(3, "timed_out"), a_run(2, "failure")]
    assert record(history) == (2, 3)


def test_of_a_commit_the_newest_run_counts_in_whatever_order_they_come() -> None:
    first, again = a_run(1, "failure", run=5), a_run(1, "success", run=6)
    assert record([first, again]) == record([again, first]) == (0, 1)


@pytest.mark.parametrize("conclusion", [None, "cancelled", "skipped", "stale", "action_required"])
def test_what_neither_passed_nor_failed_does_not_count(conclusion: str | None) -> None:
    assert record([a_run(1, conclusion)]) is None


def test_what_ran_on_another_branch_does_not_count() -> None:
    assert record([a_run(1, "failure", branch="copilot/fix-17")]) is None


def test_each_check_has_its_own_record() -> None:
    history = [a_run(1, "failure"), a_run(1, "success", name="lint")]
    assert (record(history), record(history, "lint")) == ((1, 1), (0, 1))


def test_only_the_newest_results_are_kept() -> None:
    history = [a_run(n, "failure" if n < 10 else "success") for n in range(KEPT + 10)]
    assert record(history) == (0, KEPT)


def test_what_another_installation_told_is_not_counted_on() -> None:
    history = [a_run(1, "failure"), a_run(2, "failure", installation=8)]
    assert record(history) == (1, 1)


def test_what_a_webhook_of_the_repositorys_own_tells_besides_is_counted_on() -> None:
    """Both may be there: each run is told twice then, and by turns."""
    told = [(n, by) for n in range(3) for by in (7, None)]
    history = [a_run(n, "failure", installation=by) for n, by in told]
    assert record(history) == record(history[1:]) == (3, 3)
    assert record([*history, a_run(4, "success", installation=8)]) == (0, 1)


def test_of_a_run_that_was_told_to_have_ended_in_two_ways_one_counts_whichever_came_first() -> None:
    """Whoever made a check run may change how it ended."""
    ends = [a_run(1, "failure"), a_run(1, "success")]
    assert record(ends) == record(ends[::-1]) == (1, 1)


@given(st.permutations([(n, n % 3 == 0) for n in range(12)]))
def test_the_order_of_deliveries_does_not_matter(runs: list[tuple[int, bool]]) -> None:
    history = [a_run(n, "failure" if failed else "success") for n, failed in runs]
    assert record(history) == (4, 12)


@pytest.mark.anyio
async def test_those_that_failed_most_are_listed_first(store: Store, log: EventLog) -> None:
    await log.append(a_run(1, "success", name="a"), a_run(1, "failure", name="b"))
    await project(store)
    found = await store.read(lambda c: list_check_records(c, EVERYTHING, ROCKET["id"], 10))
    assert [(each.name, each.failed, each.of) for each in found] == [("b", 1, 1), ("a", 0, 1)]
    known = await store.read(lambda c: records_of(c, ROCKET["id"], ["a", "x"]))
    assert {name: (each.failed, each.of) for name, each in known.items()} == {"a": (0, 1)}
