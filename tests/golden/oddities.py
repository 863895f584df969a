"""What seldom happens: unreadable deliveries, what a resync saw, installations, crowds."""

# ruff: noqa: ANN401 (an observation has any of its sides)

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Literal, TypeAlias

from events.catalogue import About, ObservedKind, ScopePaused, TimerFired, own_event
from events.envelope import NewEvent
from events.identity import keyed_id
from simulator.payloads import Payload, a_commit_status, a_sha, an_installation
from simulator.payloads.deliveries import DELIVERIES
from tests.golden.doors import observation
from tests.golden.words import Words
from tests.worlds.issues import Issue
from tests.worlds.people import maintainer, reviewer
from tests.worlds.possible import NotPossible
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.world import World

_SEEN: dict[str, tuple[ObservedKind, str]] = {
    "issues": ("issue", "issue"),
    "pull_request": ("pull_request", "pull_request"),
    "pull_request_review": ("review", "review"),
    "check_run": ("check_run", "check_run"),
    "workflow_run": ("actions_run", "workflow_run"),
    "status": ("status", ""),
    "push": ("repository", "repository"),
}
_RECENT = 60
Crowd: TypeAlias = Literal["issues", "commits", "pull requests", "commands"]


@dataclass
class Oddities:
    """Makes odd events, in the name of the words' ids."""

    random: Random
    words: Words

    def unreadable(self, events: list[NewEvent]) -> NewEvent:
        """Spoil a delivery: in its text, its types, or its name."""
        whole = self.random.choice(events[-_RECENT:])
        spoil = self.random.choice((_no_json, _null, _text, _huge, _nameless, _surrogate))
        return replace(spoil(whole), id=keyed_id(self.words.id_parts()))

    def newer(self, lane: About) -> NewEvent:
        """Say something of ours that only a newer release can read."""
        content = ScopePaused() if lane.repository_id is None else _a_wait()
        event = own_event(content, keyed_id(self.words.id_parts()), about=lane)
        return replace(event, schema_version=99)

    def observe(self, world: World, now: datetime) -> NewEvent | None:
        """See again what some delivery told, whatever came of that one, or how a thing is now."""
        if not world.sent or self.random.random() < 0.4:
            return self._seen_now(world, now)
        name, payload = self.random.choice(world.sent[-_RECENT:])
        if name not in _SEEN or "repository" not in payload:
            return None
        kind, key = _SEEN[name]
        number = payload["pull_request"]["number"] if kind == "review" else None
        return self._observed(
            world,
            payload["repository"],
            kind,
            payload[key] if key else payload,
            pull_request_number=number,
            sha=payload.get("sha"),
        )

    def _seen_now(self, world: World, now: datetime) -> NewEvent | None:
        repository = self.random.choice(world.repositories)
        subjects = [
            each for each in repository.subjects[-30:] if isinstance(each, Issue | PullRequest)
        ]
        if not subjects:
            return None
        subject = self.random.choice(subjects)
        kind: ObservedKind = "pull_request" if isinstance(subject, PullRequest) else "issue"
        settled = now if self.random.random() < 0.6 else None
        whole, around = subject.snapshot(), repository.snapshot()
        gone = subject.gone
        return self._observed(world, around, kind, whole, gone=gone, settled_at=settled)

    def _observed(
        self, world: World, repository: Payload, kind: ObservedKind, whole: Payload, **more: Any
    ) -> NewEvent:
        event_id = keyed_id(self.words.id_parts())
        installation = world.repositories[0].webhook.installation["id"]
        return observation(
            kind, whole, event_id, repository=repository, installation_id=installation, **more
        )

    def elsewhere(self, world: World) -> None:
        """Let something happen to an installation, a repository or somebody's authorisation."""
        webhook, repository = world.repositories[0].webhook, self.random.choice(world.repositories)
        installation = an_installation(webhook.installation["id"])
        listed = {"installation": installation, "repositories": [repository.snapshot()]}
        chosen: Callable[[], Payload] = self.random.choice(
            (
                partial(DELIVERIES["github_app_authorization"], sender=maintainer),
                partial(DELIVERIES["github_app_authorization"], sender=reviewer),
                partial(DELIVERIES["installation"], **listed),
                partial(DELIVERIES["installation_repositories"], **listed),
                partial(DELIVERIES["installation"], "suspend", **listed),
            )
        )
        name = chosen.func.__name__  # type: ignore[attr-defined]  # it is a partial
        webhook.send(name, chosen())

    def relate(self, repository: Repository) -> None:
        """Make one issue part of another."""
        if len(repository.issues) < 2:
            raise NotPossible("there are not two issues")
        parent, child = self.random.sample(repository.issues[-8:], 2)
        ends = {"parent": parent.snapshot(), "child": child.snapshot()}
        repository.send("sub_issues", "sub_issue_added", by=maintainer, **ends)

    def crowd(
        self, repository: Repository, lane: About, kind: Crowd, size: int
    ) -> Iterator[NewEvent]:
        """Let so much of a kind happen."""
        first = repository.open_issue("The first of many")
        for number in range(size):
            match kind:
                case "issues":
                    repository.open_issue(f"Question {number}")
                case "pull requests":
                    repository.person_opens(first, reviewer, closes=False)
                case "commits":
                    self._stray_status(repository, number)
                case "commands":
                    yield self.words.unseen(lane, 10_000 + number)

    def _stray_status(self, repository: Repository, number: int) -> None:
        repository.webhook.clock.tick()
        sha, now = a_sha("stray", number), repository.webhook.clock.now
        status = a_commit_status(
            repository=repository.snapshot(), sha=sha, created_at=now, updated_at=now
        )
        repository.send("status", by=maintainer, status=status)


def _a_wait() -> TimerFired:
    at = datetime.fromisoformat("2026-11-02T09:00:00Z")
    return TimerFired(issue_number=1, timer="settle", token="1", due_at=at)


def _no_json(event: NewEvent) -> NewEvent:
    return replace(event, payload=event.payload[:-9])


def _null(event: NewEvent) -> NewEvent:
    return replace(event, payload=event.payload.replace('"number": ', '"number": null, "x": '))


def _text(event: NewEvent) -> NewEvent:
    return replace(event, payload=event.payload.replace('"state": "', '"state": 7, "y": "'))


def _huge(event: NewEvent) -> NewEvent:
    return replace(event, payload=event.payload.replace('"id": ', '"id": 99999999999999999999'))


def _nameless(event: NewEvent) -> NewEvent:
    return replace(event, type="telemetry", action="sent")


def _surrogate(event: NewEvent) -> NewEvent:
    return replace(event, payload=event.payload.replace('"title": "', '"title": "\\ud800\\u0000'))
