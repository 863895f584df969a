"""Which open issues an issue waits for."""

from aggregates.lane.seen import Seen
from events.github import DependencyChanged, IssueSeen

UNKNOWN = "?"


def open_blockers(seen: Seen, issue: IssueSeen) -> tuple[int | str, ...]:
    """Return the open issues that block one: numbers of its repository, then texts, sorted.

    Another repository's issue is ``repository id#number``. Of an issue never seen, the count that
    GitHub gives decides; ``?`` stands for blockers that only that count tells of.
    """
    known = [each for each in seen.dependencies.get(issue.number, {}).values() if each.present]
    blocking = [each for each in known if _blocks(seen, issue, each)]
    here = [each for each in blocking if each.blocking_repository_id == issue.repository_id]
    elsewhere = [each for each in blocking if each.blocking_repository_id != issue.repository_id]
    unnamed = (issue.blocked_by_open or 0) > len(known)
    return (
        *sorted(each.blocking_number for each in here),
        *sorted(f"{each.blocking_repository_id}#{each.blocking_number}" for each in elsewhere),
        *((UNKNOWN,) if unnamed else ()),
    )


def _blocks(seen: Seen, issue: IssueSeen, dependency: DependencyChanged) -> bool:
    here = dependency.blocking_repository_id == issue.repository_id
    blocker = seen.issues.get(dependency.blocking_number) if here else None
    if blocker is None or blocker.transferred:
        return issue.blocked_by_open is None or issue.blocked_by_open > 0
    return blocker.state == "open" and not blocker.deleted
