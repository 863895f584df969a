"""A round is over when Copilot says so after its newest start, or the draft is none."""

import pytest

from aggregates.lane.seen import Seen
from aggregates.workflow import copilot_finished
from tests.aggregates.builders import ISSUE, PULL, a_pull_request_seen, an_assignment, minute

DRAFT = a_pull_request_seen()


def seen(
    finished: float | None, *, assigned: float | None = 1, mentioned: float | None = None
) -> Seen:
    return Seen(
        assignments={} if assigned is None else {ISSUE: an_assignment(at=assigned)},
        mentions={} if mentioned is None else {PULL: minute(mentioned)},
        finished={} if finished is None else {PULL: minute(finished)},
    )


def test_what_is_no_draft_is_finished() -> None:
    assert copilot_finished(Seen(), a_pull_request_seen(draft=False), ISSUE)


def test_a_draft_of_which_it_is_not_known_is_not_finished() -> None:
    assert not copilot_finished(Seen(), a_pull_request_seen(draft=None), ISSUE)


@pytest.mark.parametrize(("finished", "over"), [(None, False), (0.5, False), (1, True), (2, True)])
def test_a_draft_is_finished_no_earlier_than_its_assignment(
    finished: float | None,
    over: bool,  # noqa: FBT001 (a case's answer)
) -> None:
    assert copilot_finished(seen(finished), DRAFT, ISSUE) is over


@pytest.mark.parametrize(("finished", "over"), [(5, False), (6, True), (7, True)])
def test_a_mention_starts_a_new_round(finished: float, over: bool) -> None:  # noqa: FBT001 (a case's answer)
    assert copilot_finished(seen(finished, mentioned=6), DRAFT, ISSUE) is over


def test_being_unassigned_is_no_start() -> None:
    known = Seen(
        assignments={ISSUE: an_assignment(at=9, present=False)}, finished={PULL: minute(5)}
    )
    assert copilot_finished(known, DRAFT, ISSUE)


def test_without_a_known_start_its_word_is_enough() -> None:
    assert copilot_finished(seen(5, assigned=None), DRAFT, ISSUE)
