"""A round is over when Copilot says so after its newest start, or the draft is none."""

from typing import Any

import pytest

from aggregates.workflow import copilot_finished
from events.github import PullRequestSeen
from tests.aggregates.builders import (
    ISSUE,
    PULL,
    a_lane,
    a_pull_request_seen,
    a_workflow,
    an_assigned_issue,
    an_assignment,
    mentioned,
    minute,
)

DRAFT = a_pull_request_seen()


def finished_of(
    finished: float | None, *, assigned: float | None = 1, told: float | None = None
) -> bool:
    assignments = {} if assigned is None else {ISSUE: an_assignment(at=assigned)}
    return is_finished(
        DRAFT,
        assignments=assignments,
        finished={} if finished is None else {PULL: minute(finished)},
        mentions={} if told is None else {PULL: mentioned(told)},
    )


def is_finished(pull: PullRequestSeen, **seen: Any) -> bool:  # noqa: ANN401 (what else is seen)
    return copilot_finished(a_workflow(a_lane(pull, issue=an_assigned_issue(), **seen)))


def test_what_is_no_draft_is_finished() -> None:
    assert is_finished(a_pull_request_seen(draft=False))


def test_a_draft_of_which_it_is_not_known_is_not_finished() -> None:
    assert not is_finished(a_pull_request_seen(draft=None))


@pytest.mark.parametrize(("finished", "over"), [(None, False), (0.5, False), (1, True), (2, True)])
def test_a_draft_is_finished_no_earlier_than_its_assignment(
    finished: float | None,
    over: bool,  # noqa: FBT001 (a case's answer)
) -> None:
    assert finished_of(finished) is over


@pytest.mark.parametrize(("finished", "over"), [(5, False), (6, True), (7, True)])
def test_a_mention_starts_a_new_round(finished: float, over: bool) -> None:  # noqa: FBT001 (a case's answer)
    assert finished_of(finished, told=6) is over


def test_a_mention_by_somebody_who_may_not_starts_none() -> None:
    visitor = mentioned(6, association="NONE")
    assert is_finished(DRAFT, finished={PULL: minute(5)}, mentions={PULL: visitor})


def test_being_unassigned_is_no_start() -> None:
    off = {ISSUE: an_assignment(at=9, present=False)}
    assert is_finished(DRAFT, assignments=off, finished={PULL: minute(5)})


def test_without_a_known_start_its_word_is_enough() -> None:
    assert finished_of(5, assigned=None)
