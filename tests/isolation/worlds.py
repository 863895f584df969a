"""Worlds with several installations: what is recorded in them, and the same without others' things.

What an access does not reach is put out of a world by having something of nobody at its place: all
positions stay, so that whoever asks must get the same answers to the byte.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from hypothesis import strategies as st

from events.catalogue import (
    About,
    InstallationAnswered,
    LanePaused,
    ScopePaused,
    ServiceStopped,
    WorkflowEnqueued,
    own_event,
)
from events.envelope import NewEvent
from projections.access import Access
from simulator.payloads import (
    Payload,
    a_repository,
    an_installation,
    an_issue,
    an_organization,
    deliveries,
)
from tests.isolation.routes import Curious
from tests.projections.builders import a_delivery, at
from tests.projections.own_events import a_failure, a_request, told

HOMES = ("alpha", "beta", "gamma")  # whose installations are 1001 and on
NAMES = ("pump", "valve", "gauge", "crane")
ISSUES = (1, 2)

NewEvents: TypeAlias = Sequence[NewEvent]


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing that happens in a repository, or to it; ``home`` is where it moves to."""

    kind: str
    repository: int
    home: int
    issue: int


class World:
    """Says what is recorded of doings, each event with an id of its own, and whose it is."""

    def __init__(self, doings: Sequence[Doing]) -> None:
        self.homes = [each % len(HOMES) for each in range(len(NAMES))]
        self.names = list(NAMES)
        self.minute = 0
        self.events: list[NewEvent] = []
        self._near: dict[int, set[int]] = {}  # installations that a repository was ever in
        for doing in doings:
            self._record(doing)

    @property
    def curious(self) -> Curious:
        """Whoever asks for everything of it."""
        return Curious(
            repositories=tuple(number_of(each) for each in range(len(NAMES))),
            installations=tuple(1001 + each for each in range(len(HOMES))),
            actions=tuple(each.id for each in self.events if each.type == "action"),
            issues=ISSUES,
            head=len(self.events),
        )

    def seen_by(self, access: Access) -> list[NewEvent]:
        """Return it with nothing in it that neither is theirs nor is so of what is theirs."""
        held = access.repositories or frozenset()
        near = access.installations.union(*(self._near.get(each, ()) for each in held))
        return [each if _concerns(each, held, near) else of_nobody(each) for each in self.events]

    def secret(self, doing: Doing) -> str:
        """A text that only those may read who hold the repository."""
        return f"secret-of-{NAMES[doing.repository]}"

    def about(self, doing: Doing) -> About:
        """The repository of something that we or an operator do."""
        home = 1001 + self.homes[doing.repository]
        return About(installation_id=home, repository_id=number_of(doing.repository))

    def delivered(self, name: str, payload: Payload, doing: Doing) -> NewEvent:
        """A delivery about a repository as it is now."""
        whose = {"id": 1001 + self.homes[doing.repository]}
        payload |= {"repository": self.repository(doing), "installation": whose}
        return a_delivery(name, payload)

    def repository(self, doing: Doing) -> Payload:
        """A repository as GitHub describes it now."""
        name = f"{HOMES[self.homes[doing.repository]]}/{self.names[doing.repository]}"
        number = number_of(doing.repository)
        return a_repository(name, id=number, updated_at=at(self.minute))

    def _record(self, doing: Doing) -> None:
        self.minute += 1
        for event in KINDS[doing.kind](self, doing):
            self.events.append(replace(event, id=UUID(int=len(self.events) + 1)))
        near = self._near.setdefault(number_of(doing.repository), set())
        near.add(1001 + self.homes[doing.repository])


def _opened(world: World, doing: Doing) -> NewEvents:
    issue = an_issue(
        doing.issue,
        title=world.secret(doing),
        repository=world.repository(doing),
        labels=("status:queued",),
    )
    return [world.delivered("issues", deliveries.issues(issue=issue), doing)]


def _unreadable(world: World, doing: Doing) -> NewEvents:
    return [world.delivered("check_run", {"check_run": {}}, doing)]


def _requested(world: World, doing: Doing) -> NewEvents:
    of: dict[str, Any] = {"about": world.about(doing), "issue_number": doing.issue}
    its_id = UUID(int=len(world.events) + 1)
    failed = [a_request(its_id, reason=world.secret(doing), **of), a_failure(its_id, **of)]
    return [*failed, a_request(kind="ask_to_fix_ci", token=str(its_id), **of)]


def _commanded(world: World, doing: Doing) -> NewEvents:
    secret, about = world.secret(doing), world.about(doing)
    queued = WorkflowEnqueued(issue_number=doing.issue, reason=secret)
    return [
        told(LanePaused(reason=secret), about, by=secret),
        told(queued, replace(about, issue_number=doing.issue), by=secret),
    ]


def _renamed(world: World, doing: Doing) -> NewEvents:
    world.names[doing.repository] = f"{NAMES[doing.repository]}-{world.minute}"
    return _opened(world, doing)


def _moved(world: World, doing: Doing) -> NewEvents:
    """Have the new installation claim it, and GitHub say that it is so."""
    world.homes[doing.repository] = doing.home
    content = InstallationAnswered(
        installation_id=1001 + doing.home, owner=HOMES[doing.home], as_of=len(world.events) + 1
    )
    where = About(repository_id=number_of(doing.repository))
    return [*_opened(world, doing), own_event(content, UUID(int=8), about=where)]


def _installed(_world: World, doing: Doing) -> NewEvents:
    account = an_organization(HOMES[doing.home])
    installation = an_installation(1001 + doing.home, account=account)
    payload = deliveries.installation(installation=installation, repositories=[])
    where = About(installation_id=1001 + doing.home)
    return [a_delivery("installation", payload), told(ScopePaused(reason="a release"), where)]


def _everything_paused(_world: World, _doing: Doing) -> NewEvents:
    return [told(ScopePaused(reason="an outage"), About())]


KINDS: Mapping[str, Callable[[World, Doing], NewEvents]] = {
    "opened": _opened,
    "unreadable": _unreadable,
    "requested": _requested,
    "commanded": _commanded,
    "renamed": _renamed,
    "moved": _moved,
    "installed": _installed,
    "everything paused": _everything_paused,
}


def of_nobody(event: NewEvent) -> NewEvent:
    """Something of no repository and no installation, with another's id."""
    nothing = own_event(ServiceStopped(instance=UUID(int=7)), event.id)
    return replace(nothing, id=UUID(int=event.id.int + (1 << 64)))


def number_of(place: int) -> int:
    """GitHub's id of a repository."""
    return 700_001 + place


def _concerns(event: NewEvent, held: frozenset[int], near: frozenset[int]) -> bool:
    if event.repository_id is not None:
        return event.repository_id in held
    # What holds for an installation, or for everything, is so of each repository in it.
    return event.installation_id in near or (event.installation_id, event.type) == (None, "scope")


DOINGS = st.builds(
    Doing,
    kind=st.sampled_from(sorted(KINDS)),
    repository=st.integers(0, len(NAMES) - 1),
    home=st.integers(0, len(HOMES) - 1),
    issue=st.sampled_from(ISSUES),
)
WORLDS = st.lists(DOINGS, min_size=8, max_size=30)
ACCESSES = st.builds(
    lambda some, owned: Access(
        frozenset(number_of(each) for each in some), frozenset(1001 + each for each in owned)
    ),
    st.sets(st.integers(0, len(NAMES) - 1), max_size=3),
    st.sets(st.integers(0, len(HOMES) - 1), max_size=1),
)
