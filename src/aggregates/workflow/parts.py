"""How far an epic is, what of it is to come, and what keeps its parts from being started."""

from dataclasses import dataclass

from aggregates.workflow.blockers import open_blockers
from aggregates.workflow.epics import epics_above, is_outdated
from aggregates.workflow.queued import is_open
from aggregates.workflow.workflow import Workflow
from events.github import SubIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many sub-issues an epic has, and how many of them are closed.

    ``open_here`` and ``open_elsewhere`` are those that are open, in the epic's order: of its own
    repository by number, of others as ``repository id#number``. Only counts tell of ``unseen``.
    """

    total: int
    finished: int
    open_here: tuple[int, ...] = ()
    open_elsewhere: tuple[str, ...] = ()
    unseen: int = 0


def progress_of(workflow: Workflow) -> Progress:
    """Return how far an epic is; parts that we may not see are counted as GitHub counts them."""
    issue, parts = workflow.issue, parts_of(workflow)
    closed = sum(part.closed for part in parts)
    counted = (issue.sub_issues_total or 0) if issue is not None else 0
    completed = (issue.sub_issues_completed or 0) if issue is not None else 0
    hidden = max(0, counted - len(parts))
    ended = min(hidden, max(0, completed - closed))
    opened = [part for part in parts if not is_finished(workflow, part)]
    here = [part.number for part in opened if _is_here(workflow, part)]
    elsewhere = [_named(part) for part in opened if not _is_here(workflow, part)]
    return Progress(
        total=len(parts) + hidden,
        finished=len(parts) - len(opened) + ended,
        open_here=tuple(here),
        open_elsewhere=tuple(elsewhere),
        unseen=hidden - ended,
    )


def parts_of(workflow: Workflow) -> tuple[SubIssue, ...]:
    """Return the sub-issues of an issue in their order, as GitHub last answered."""
    answer = workflow.known.sub_issues
    return answer.parts if answer is not None else ()


def is_finished(workflow: Workflow, part: SubIssue) -> bool:
    """Say whether a sub-issue is closed, or is gone; of others' repositories answers tell."""
    seen = workflow.lane.issue(part.number).seen if _is_here(workflow, part) else None
    return part.closed if seen is None else not is_open(seen)


def all_finished(workflow: Workflow) -> bool:
    """Say whether nothing is left of an epic, by an answer that is no older than what was heard."""
    progress = progress_of(workflow)
    return workflow.is_epic and not awaits_parts(workflow) and progress.finished == progress.total


def awaits_parts(workflow: Workflow) -> bool:
    """Say whether it is an epic of which GitHub has not told what it consists of by now."""
    return workflow.is_epic and is_outdated(workflow.known)


def held_by_epic(workflow: Workflow) -> tuple[int, str] | None:
    """Return which epic keeps a part of it from being started, and why; None: none does.

    What it consists of is to be known, and nothing is to block it.
    """
    lane, around = workflow.lane, workflow.circumstances
    for number in epics_above(lane, around.policy, workflow.number):
        known = lane.issue(number)
        if is_outdated(known):
            return number, "of whose sub-issues GitHub is being asked"
        if around.policy.queue.dependencies and open_blockers(lane, known):
            return number, "which is blocked itself"
    return None


def _is_here(workflow: Workflow, part: SubIssue) -> bool:
    return part.repository_id == workflow.lane.repository_id


def _named(part: SubIssue) -> str:
    return f"{part.repository_id}#{part.number}"
