"""A round is over when Copilot says so after its newest start, or the draft is none."""

import pytest

from aggregates.lane import KnownIssue, KnownPullRequest
from aggregates.workflow import copilot_finished
from tests.aggregates.builders import a_pull_request_seen, an_assignment, minute

DRAFT = a_pull_request_seen()


def finished_of(
    finished: float | None, *, assigned: float | None = 1, mentioned: float | None = None
) -> bool:
    issue = KnownIssue(assignment=None if assigned is None else an_assignment(at=assigned))
    pull = KnownPullRequest(
        seen=DRAFT,
        mentioned_at=None if mentioned is None else minute(mentioned),
        finished_at=None if finished is None else minute(finished),
    )
    return copilot_finished(pull, issue)


def test_what_is_no_draft_is_finished() -> None:
    assert copilot_finished(KnownPullRequest(seen=a_pull_request_seen(draft=False)), KnownIssue())


def test_a_draft_of_which_it_is_not_known_is_not_finished() -> None:
    assert not copilot_finished(
        KnownPullRequest(seen=a_pull_request_seen(draft=None)), KnownIssue()
    )


@pytest.mark.parametrize(("finished", "over"), [(None, False), (0.5, False), (1, True), (2, True)])
def test_a_draft_is_finished_no_earlier_than_its_assignment(
    finished: float | None,
    over: bool,  # noqa: FBT001 (a case's answer)
) -> None:
    assert finished_of(finished) is over


@pytest.mark.parametrize(("finished", "over"), [(5, False), (6, True), (7, True)])
def test_a_mention_starts_a_new_round(finished: float, over: bool) -> None:  # noqa: FBT001 (a case's answer)
    assert finished_of(finished, mentioned=6) is over


def test_being_unassigned_is_no_start() -> None:
    issue = KnownIssue(assignment=an_assignment(at=9, present=False))
    assert copilot_finished(KnownPullRequest(seen=DRAFT, finished_at=minute(5)), issue)


def test_without_a_known_start_its_word_is_enough() -> None:
    assert finished_of(5, assigned=None)
