"""The open issues that an issue waits for, as far as they are known; unsure means blocked."""

from aggregates.lane import KnownIssue, Lane
from aggregates.workflow.workflow import Workflow
from events.github import DependencyChanged, IssueSeen

UNKNOWN = "?"  # a blocker that only a count tells of


def blockers_of(workflow: Workflow) -> tuple[int | str, ...]:
    """Return the open issues that block one where the policy heeds them, as ``open_blockers``."""
    if not workflow.circumstances.policy.queue.dependencies:
        return ()
    return open_blockers(workflow.lane, workflow.known)


def open_blockers(lane: Lane, blocked: KnownIssue) -> tuple[int | str, ...]:
    """Return the open issues that block one: numbers of its repository, then texts, sorted.

    Another repository's issue is ``repository id#number``. Of an issue never seen, the count that
    GitHub gives decides; ``?`` stands for blockers that only GitHub's counts tell of.
    """
    if (issue := blocked.seen) is None:
        return ()
    known = [each for each in blocked.dependencies.values() if each.present]
    blocking = [each for each in known if _blocks(lane, issue, each)]
    here = [each for each in blocking if _is_here(issue, each)]
    elsewhere = [each for each in blocking if not _is_here(issue, each)]
    return (
        *sorted(each.blocking_number for each in here),
        *sorted(f"{each.blocking_repository_id}#{each.blocking_number}" for each in elsewhere),
        *((UNKNOWN,) if _some_unseen(issue, known, len(blocking)) else ()),
    )


def blocked_by_unseen(workflow: Workflow) -> bool:
    """Say whether something blocks it of which nothing comes to this lane: GitHub can tell more."""
    return any(
        isinstance(each, str) or workflow.lane.issue(each).seen is None
        for each in blockers_of(workflow)
    )


def _is_here(issue: IssueSeen, dependency: DependencyChanged) -> bool:
    return dependency.blocking_repository_id == issue.repository_id


def _some_unseen(issue: IssueSeen, known: list[DependencyChanged], blocking: int) -> bool:
    """Say whether GitHub counts an open blocker that nothing told us of.

    A count is as old as the issue's last delivery, and no blocker's end brings a new one. So where
    all that block are known, these decide; where some are not, those known to be closed are taken
    off the count of all, and any open one beyond those known may be among the rest. One elsewhere
    was closed when we asked; it may have been opened again.
    """
    opened = issue.blocked_by_open or 0
    total = issue.blocked_by_total if issue.blocked_by_total is not None else opened
    hidden = any(e.blocking_state == "closed" and not _is_here(issue, e) for e in known)
    return opened > blocking and (hidden or max(total, opened) > len(known))


def _blocks(lane: Lane, issue: IssueSeen, dependency: DependencyChanged) -> bool:
    """Say whether a blocker is open; of one that is not seen the last answer and the count tell."""
    here = _is_here(issue, dependency)
    blocker = lane.issue(dependency.blocking_number).seen if here else None
    if blocker is None or blocker.transferred:
        counted = issue.blocked_by_open is None or issue.blocked_by_open > 0
        return counted and dependency.blocking_state != "closed"
    return blocker.state == "open" and not blocker.deleted
