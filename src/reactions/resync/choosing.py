"""Which of many objects are looked at closely: what a lane has an eye on, and the newest of others.

A lane keeps no more than that, so that more would be forgotten as soon as it was told.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

from aggregates.lane import Lane
from aggregates.lane.bounds import LABELLED, OTHER_ISSUES, OTHER_PULL_REQUESTS
from aggregates.lane.merging import BRANCHES
from events.catalogue import Json
from events.github import IssueSeen, PullRequestSeen
from events.github.agents import is_agent
from events.scalars import text

Object: TypeAlias = dict[str, Json]

MOST_CLOSELY = 50  # pull requests of which reviews and checks are read
_BRANCH = 255  # characters of its name
MOST_SINGLY = 50  # issues, and as many pull requests, that are asked for one by one


def chosen_issues(lane: Lane, listed: Iterable[Object]) -> list[Object]:
    """Return open issues that the lane knows, and the newest of those that it would keep."""
    known: list[Object] = []
    labelled: list[Object] = []
    others: list[Object] = []
    seen = lane.seen_issues
    for issue in listed:
        if issue.get("number") in seen:
            known.append(issue)
        else:
            (labelled if issue.get("labels") or issue.get("assignees") else others).append(issue)
    return [*known, *_newest(labelled, LABELLED), *_newest(others, OTHER_ISSUES)]


def chosen_pulls(lane: Lane, listed: Iterable[Object]) -> list[Object]:
    """Return open pull requests that the lane knows, Copilot's, and the newest of the others."""
    known: list[Object] = []
    others: list[Object] = []
    seen = lane.seen_pull_requests
    for pull in listed:
        at_work = pull.get("number") in seen or _is_agents(pull)
        (known if at_work else others).append(pull)
    return [*known, *_newest(others, OTHER_PULL_REQUESTS)]


def closely(lane: Lane, pulls: Iterable[Object]) -> list[Object]:
    """Return the pull requests whose reviews and checks matter most, a bounded number."""

    def rank(pull: Object) -> tuple[bool, str]:
        at_work = pull.get("number") in lane.ties.issues or _is_agents(pull)
        return (at_work, str(pull.get("updated_at")))

    return sorted(pulls, key=rank, reverse=True)[:MOST_CLOSELY]


def bases(lane: Lane, default: Json, pulls: Iterable[Object]) -> list[str]:
    """Return the branches whose requirements matter: what work is merged into.

    The default one comes first, then those of the pull requests that matter most.
    """
    found = [default]
    for pull in closely(lane, pulls):
        base = pull.get("base")
        found.append(base.get("ref") if isinstance(base, dict) else None)
    names = (text(each, _BRANCH) for each in found)
    return [*dict.fromkeys(name for name in names if name)][:BRANCHES]


def vanished(known: dict[int, Any], listed: Iterable[Object]) -> list[int]:
    """Return what the lane takes to be open and GitHub's list of open ones lacks, newest first."""
    there = {each.get("number") for each in listed}
    return sorted(
        (n for n, seen in known.items() if _is_open(seen) and n not in there), reverse=True
    )


def _is_open(seen: IssueSeen | PullRequestSeen) -> bool:
    gone = isinstance(seen, IssueSeen) and (seen.deleted or seen.transferred)
    return seen.state == "open" and not gone


def _is_agents(pull: Object) -> bool:
    user = pull.get("user")
    user_id = user.get("id") if isinstance(user, dict) else None
    return isinstance(user_id, int) and is_agent(user_id)


def _newest(objects: list[Object], most: int) -> list[Object]:
    return sorted(objects, key=lambda each: str(each.get("updated_at")))[-most:]
