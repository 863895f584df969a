"""Reading what we saw ourselves: as a delivery of the same object, by the same readers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from events.catalogue import ObservedKind, ResyncObserved
from events.github.checks import actions_run_seen, check_run_seen, commit_status_seen
from events.github.delivery import Delivered, Reader
from events.github.fact import Fact
from events.github.issues import IssueSeen, issue_seen
from events.github.pull_requests import PullRequestSeen, pull_request_seen
from events.github.reading import Reading
from events.github.repositories import repository_seen
from events.github.reviews import review_seen
from events.json_types import Json, JsonObject

OBSERVED: Mapping[ObservedKind, tuple[Reader, ...]] = {
    "repository": (repository_seen,),
    "issue": (issue_seen,),
    "pull_request": (pull_request_seen,),
    "review": (review_seen,),
    "check_run": (check_run_seen,),
    "status": (commit_status_seen,),
    "actions_run": (actions_run_seen,),
}
_EVENTS: Mapping[ObservedKind, str] = {
    "repository": "repository",
    "issue": "issues",
    "pull_request": "pull_request",
    "review": "pull_request_review",
    "check_run": "check_run",
    "status": "status",
    "actions_run": "workflow_run",
}


def read_observation(
    content: ResyncObserved, repository_id: int | None, installation_id: int | None
) -> Reading:
    """Read the facts in an object that we asked for, whatever it looks like; never raises."""
    payload = as_delivered(content, repository_id, installation_id)
    action = "deleted" if content.gone and content.kind == "issue" else None
    reading = Delivered(action, payload).read(OBSERVED[content.kind])
    if content.settled_at is None:
        return reading
    at = content.settled_at
    return replace(reading, facts=tuple(_settled(fact, at) for fact in reading.facts))


def _settled(fact: Fact, at: datetime) -> Fact:
    return replace(fact, settled_at=at) if isinstance(fact, IssueSeen | PullRequestSeen) else fact


def event_name(kind: ObservedKind) -> str:
    """Return the name of GitHub's event that would deliver an object of a kind."""
    return _EVENTS[kind]


def as_delivered(
    content: ResyncObserved, repository_id: int | None, installation_id: int | None
) -> JsonObject:
    """Return the payload with which GitHub would have delivered the object."""
    around: dict[str, Json] = {
        "repository": {**content.repository, "id": repository_id},
        "installation": {"id": installation_id},
    }
    match content.kind:
        case "repository":
            return {**around, "repository": {**content.object, "id": repository_id}}
        case "status":
            return {**content.object, "sha": content.sha, **around}
        case "review":
            number = {"number": content.pull_request_number}
            return {"review": content.object, "pull_request": number, **around}
        case "actions_run":
            return {"workflow_run": content.object, **around}
        case kind:
            return {kind: content.object, **around}
