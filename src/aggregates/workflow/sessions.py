"""Copilot's session as GitHub told of it: whether it is of the present round, and may be asked for.

A task that moved before Copilot was last started tells of a round that is over. What a person
retried or released is theirs to judge until GitHub tells something new of it.
"""

from collections.abc import Iterator
from datetime import datetime

from aggregates.lane import KnownIssue, Lane
from aggregates.workflow.progress import waits_for_copilot
from aggregates.workflow.queued import is_assigned, is_open
from aggregates.workflow.workflow import Workflow
from events.github import SessionSeen
from events.github.agents import agent_of

_ENDED_WELL = ("completed", "idle")


def is_under_way(workflow: Workflow) -> bool:
    """Say whether Copilot is to bring the work on: it has the issue, or a draft, or was asked."""
    pull = workflow.open_pull
    draft = pull is not None and pull.draft is True
    return draft or waits_for_copilot(workflow)


def present_session(workflow: Workflow) -> SessionSeen | None:
    """Return the session of the present round; None: of none is known, or there is no round."""
    seen = workflow.known.session
    if seen is None or seen.updated_at is None or not is_under_way(workflow):
        return None
    if any(seen.updated_at <= start for start in _starts(workflow)):
        return None
    resumed_at, heard = workflow.handling.resumed_at, workflow.known.heard_session
    judged = resumed_at is not None and (heard is None or heard.at <= resumed_at)
    return None if judged else seen


def asks_for_session(workflow: Workflow) -> bool:
    """Say whether GitHub is to be asked how the session stands: a person's token may ask.

    One that failed is asked about on, since a person may have it go on where nothing tells us.
    """
    if workflow.circumstances.acting_user is None or not is_under_way(workflow):
        return False
    if not workflow.agent.sessions:
        return False
    seen = present_session(workflow)
    return seen is None or seen.state not in _ENDED_WELL or workflow.open_pull is None


def session_stamp(workflow: Workflow) -> int:
    """Return what tells one assignment from the next, after which it is asked anew."""
    heard = workflow.known.heard_assigned
    return heard.position if heard is not None else 0


def without_pull_request(lane: Lane) -> tuple[int, ...]:
    """Return the open issues that Copilot has and has opened no pull request for, sorted."""
    return tuple(sorted(_unopened(lane)))


def _unopened(lane: Lane) -> Iterator[int]:
    for number, known in lane.issues.items():
        if is_open(known.seen) and is_assigned(known) and _has_sessions(known):
            pulls = (lane.pull_request(each).seen for each in lane.linked(number))
            if not any(pull is not None and pull.state == "open" for pull in pulls):
                yield number


def _has_sessions(known: KnownIssue) -> bool:
    assignment = known.assignment
    agent = agent_of(assignment.assignee_id) if assignment is not None else None
    return agent is None or agent.sessions


def _starts(workflow: Workflow) -> Iterator[datetime]:
    assignment = workflow.assignment
    if assignment is not None and assignment.present:
        yield assignment.at
    if workflow.told_at is not None:
        yield workflow.told_at
