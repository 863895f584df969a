"""Whatever happens at GitHub, nobody sees more here than GitHub lets them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from events.catalogue import About, InstallationAnswered, own_event
from events.log import EventLog
from events.wake import Wake
from people.keeper import TokenKeeper
from people.looking import KEPT, Looking
from people.ports import GitHubPeople, ReachedInstallation, ReachedRepository, TokenPair
from people.roles import Role
from people.vault import Vault
from runtime.database import open_database
from simulator.payloads import a_repository
from simulator.payloads.issues import issues
from tests.conftest import SOAK
from tests.events.builders import an_event
from tests.service import project

NAMES = ("octo/one", "octo/two", "deep/three")
IDS = [int(a_repository(name)["id"]) for name in NAMES]
INSTALLATIONS = (11, 22)
PEOPLE = (5, 6)
ROLES = tuple(role for role in Role if role < Role.ADMINISTRATOR)


@dataclass
class World:
    """Which installation each repository is at, and who may do what there, at GitHub."""

    at: dict[int, int] = field(default_factory=lambda: dict(zip(IDS, (11, 11, 22), strict=True)))
    roles: dict[tuple[int, int], Role] = field(default_factory=dict)
    owners: set[tuple[int, int]] = field(default_factory=set)

    async def installations(self, access: str) -> list[ReachedInstallation]:
        mine = {self.at[repository] for who, repository in self.roles if str(who) == access}
        return [
            ReachedInstallation(
                id=each, account_id=0, account_login=str(each), is_organization=True
            )
            for each in sorted(mine)
        ]

    async def repositories(self, access: str, installation: int) -> list[ReachedRepository]:
        return [
            ReachedRepository(repository, str(repository), role)
            for (who, repository), role in self.roles.items()
            if str(who) == access and self.at[repository] == installation and role > Role.NONE
        ]

    async def administers(self, access: str, organization: str) -> bool:
        return (int(access), int(organization)) in self.owners


GRANT = st.tuples(
    st.just("grant"), st.sampled_from(PEOPLE), st.sampled_from(IDS), st.sampled_from(ROLES)
)
MOVE = st.tuples(st.just("move"), st.sampled_from(IDS), st.sampled_from(INSTALLATIONS))
SETTLE = st.tuples(st.just("settle"), st.sampled_from(IDS))
OWN = st.tuples(st.just("own"), st.sampled_from(PEOPLE), st.sampled_from(INSTALLATIONS))
LOOK = st.tuples(st.just("look"), st.sampled_from(PEOPLE))
SECRETLY = st.tuples(
    st.just("secretly"), st.sampled_from(PEOPLE), st.sampled_from(IDS), st.sampled_from(ROLES)
)
DOINGS = st.lists(st.one_of(GRANT, MOVE, SETTLE, OWN, LOOK, SECRETLY), min_size=4, max_size=14)


def test_nobody_ever_sees_more_than_github_lets_them(
    dialect: str, new_database: Callable[[], str]
) -> None:
    examples = (15 if dialect == "sqlite" else 3) * (20 if SOAK else 1)

    @settings(max_examples=examples)
    @given(doings=DOINGS)
    def check(doings: list[tuple[object, ...]]) -> None:
        asyncio.run(Story(new_database()).tell(doings))

    check()


class Story:
    """What happens at GitHub, delivered or not, and what people see in between."""

    def __init__(self, url: str) -> None:
        self.store = open_database(url)
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.log = EventLog(self.store, lambda: self.now, Wake())
        self.world = World()
        port = cast("GitHubPeople", self.world)
        keeper = TokenKeeper(
            store=self.store, vault=Vault([b"key"]), github=port, clock=self.clock, holder="one"
        )
        self.looking = Looking(store=self.store, github=port, keeper=keeper, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    async def tell(self, doings: list[tuple[object, ...]]) -> None:
        for person in PEOPLE:
            pair = TokenPair(access=str(person))
            await self.looking.keeper.keep(person, "session", str(person), pair)
        for repository, name in zip(IDS, NAMES, strict=True):
            await self.delivered("issues", "opened", repository, name=name)
        for doing in doings:
            await self.do(*doing)
            await project(self.store)
            for person in PEOPLE:
                await self.compare(person)
        await self.hold_all_in_the_end()
        await self.store.close()

    async def do(self, kind: object, *what: object) -> None:
        match kind, what:
            case "grant", (int(who), int(repository), Role() as role):
                self.world.roles[who, repository] = role
                await self.delivered("member", "edited", repository)
            case "secretly", (int(who), int(repository), Role() as role):
                self.world.roles[who, repository] = role
                self.now += KEPT  # no delivery tells of it: time does
            case "move", (int(repository), int(to)):
                self.world.at[repository] = to
                await self.delivered("repository", "transferred", repository)
            case "settle", (int(repository),):
                await self.settle(repository)
            case "own", (int(who), int(installation)):
                self.world.owners.add((who, installation))
                await self.log.append(
                    an_event(type="organization", action="x", installation_id=installation)
                )
            case _:
                self.now += timedelta(seconds=1)

    async def delivered(
        self, kind: str, action: str, repository: int, name: str | None = None
    ) -> None:
        told = issues(action, repository=a_repository(name)) if name else None
        event = an_event(
            type=kind,
            action=action,
            repository_id=repository,
            installation_id=self.world.at[repository],
            **({"payload": json.dumps(told)} if told else {}),
        )
        await self.log.append(event)

    async def settle(self, repository: int) -> None:
        """GitHub says whose the repository is, and that is the operator's word from here on."""
        at = self.world.at[repository]
        head = (await self.log.head()).position
        content = InstallationAnswered(installation_id=at, as_of=head)
        about = About(repository_id=repository, installation_id=at)
        await self.log.append(own_event(content, UUID(int=head + 10**6), about=about))

    async def hold_all_in_the_end(self) -> None:
        """After a while, what is told late is told, and everybody holds what is theirs."""
        for repository in IDS:
            await self.settle(repository)
        await project(self.store)
        self.now += KEPT
        for person in PEOPLE:
            reach = await self.looking.reach(person, str(person))
            for repository in IDS:
                role = self.world.roles.get((person, repository), Role.NONE)
                assert reach.role_in(repository) == role

    async def compare(self, person: int) -> None:
        reach = await self.looking.reach(person, str(person))
        for repository in IDS:
            role = self.world.roles.get((person, repository), Role.NONE)
            assert reach.role_in(repository) <= role
        for installation in reach.owned:
            assert (person, installation) in self.world.owners
