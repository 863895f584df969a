"""Whether Copilot is done with what it was last told."""

from aggregates.lane.seen import Seen
from events.github import PullRequestSeen


def copilot_finished(seen: Seen, pull: PullRequestSeen, issue_number: int) -> bool:
    """Say whether Copilot's present round on a pull request is over.

    It is once the pull request is no draft, or Copilot asked for a review no earlier than it was
    last started: assigned to the issue, or mentioned on the pull request.
    """
    if pull.draft is False:
        return True
    finished = seen.finished.get(pull.number)
    if finished is None:
        return False
    assignment = seen.assignments.get(issue_number)
    assigned = assignment.at if assignment is not None and assignment.present else None
    starts = (assigned, seen.mentions.get(pull.number))
    return all(finished >= start for start in starts if start is not None)
