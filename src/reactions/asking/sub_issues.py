"""Asking what an epic consists of: which sub-issues, in which order, and how these stand."""

from datetime import datetime

from aggregates.workflow.epics import is_outdated
from events.catalogue import Json, ResyncObserved
from events.github import SubIssue
from events.github.node import MAX_ITEMS
from events.github.observations import kept
from events.json_types import JsonObject
from events.scalars import integer
from reactions.ports.github import Answering
from reactions.visits import Place


async def seen_sub_issues(
    github: Answering, place: Place, number: int, asked_at: datetime
) -> list[ResyncObserved]:
    """Read an issue's parts in their order, then those of this repository, and the issue anew.

    The list itself is told where it differs from what is known, or that is outdated. A part of a
    repository that we may not read is left out: the issue's count tells of it.
    """
    found: list[JsonObject] = []
    async for issue in github.sub_issues(place.repo, number):
        found.append(issue)
        if len(found) == MAX_ITEMS:
            break
    own = place.lane.repository_id
    homes = [(issue, _home(place, issue)) for issue in found]
    listed: list[JsonObject] = [
        {"repository_id": home, "number": issue.get("number"), "state": issue.get("state")}
        for issue, home in homes
        if home is not None
    ]
    whole = await github.whole_issue(place.repo, number)
    here = [issue for issue, home in homes if home == own]
    told = [] if _is_known(place, number, listed) else [_answer(place, number, asked_at, listed)]
    return [*told, *(_issue(place, each) for each in (*here, whole))]


def _home(place: Place, issue: JsonObject) -> int | None:
    """Return the id of an issue's repository; None: we may not read that."""
    home = issue.get("repository")
    if not isinstance(home, dict):
        return None
    known, name = integer(home.get("id")), home.get("full_name")
    is_here = isinstance(name, str) and name.casefold() == place.repo.full_name.casefold()
    return place.lane.repository_id if known is None and is_here else known


def _is_known(place: Place, number: int, listed: list[JsonObject]) -> bool:
    known = place.lane.issue(number)
    if known.sub_issues is None or is_outdated(known):
        return False
    return [_as_listed(part) for part in known.sub_issues.parts] == listed


def _as_listed(part: SubIssue) -> JsonObject:
    state = "closed" if part.closed else "open"
    return {"repository_id": part.repository_id, "number": part.number, "state": state}


def _answer(
    place: Place, number: int, asked_at: datetime, listed: list[JsonObject]
) -> ResyncObserved:
    asked: JsonObject = {"asked_at": asked_at.isoformat(), "asked_after": place.lane.position}
    answer: JsonObject = {"number": number, **asked, "parts": [*listed]}
    return ResyncObserved(kind="sub_issues", object=kept("sub_issues", answer))


def _issue(place: Place, whole: JsonObject) -> ResyncObserved:
    name: dict[str, Json] = {"full_name": place.repo.full_name}
    return ResyncObserved(kind="issue", object=kept("issue", whole), repository=name)
