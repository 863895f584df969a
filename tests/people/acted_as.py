"""Somebody of the simulated GitHub who consented, and processes that keep their tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr
from sqlalchemy import Connection, insert

from events.log import EventLog
from events.store import Store
from events.table import table_of
from gateway.people import AppClient, PeopleGateway
from people import consents, pairs
from people.acting import ActingPeople, tell_refreshed
from people.consents import Consent, Where
from people.keeper import TokenKeeper
from people.pairs import Kept
from people.ports import TokenPair
from people.vault import Vault
from projections.repositories.model import RepositoryRow
from runtime.clock import now
from runtime.github import open_github
from runtime.settings import Settings
from simulator.payloads import INSTALLATION_ID, Payload
from simulator.simulator import Simulator
from tests.conftest import Clock

ROCKET = "orbit-works/rocket"


@dataclass(frozen=True, slots=True)
class Bench:
    """A GitHub, a database, and as many processes as there are asked for."""

    store: Store
    log: EventLog
    clock: Clock
    github: Simulator
    gateway: PeopleGateway

    @property
    def where(self) -> Where:
        return Where(self.github.repository(ROCKET).id, INSTALLATION_ID, ROCKET)

    def process(self, name: str) -> ActingPeople:
        """Return what one process knows of acting users."""
        keeper = TokenKeeper(
            store=self.store,
            vault=Vault([b"a-key"]),
            github=self.gateway,
            clock=self.clock,
            holder=name,
            refreshed=partial(tell_refreshed, self.log, self.clock),
        )
        return ActingPeople(
            store=self.store, log=self.log, github=self.gateway, keeper=keeper, clock=self.clock
        )

    async def consents(self, user: Payload, *places: Where) -> None:
        """Have somebody consent, as if they had come by our pages."""
        pair = self.github.site.authorizations.grant(user)
        at = self.clock()
        gateway_pair = TokenPair(
            access=pair.access,
            refresh=pair.refresh,
            access_ends_at=at.fromtimestamp(at.timestamp() + pair.access_seconds, at.tzinfo),
            refresh_ends_at=at.fromtimestamp(at.timestamp() + pair.refresh_seconds, at.tzinfo),
        )
        process = self.process("web")

        def work(connection: Connection) -> list[Consent]:
            vault, login = process.keeper.vault, user["login"]
            pairs.keep(connection, vault, user["id"], "consent", login, gateway_pair, at)
            given = [self._consent(user, where) for where in places or (self.where,)]
            for each in given:
                consents.give(connection, each)
            return given

        for each in await self.store.write(work):
            await process.tell(each)

    async def kept(self, user: Payload) -> Kept | None:
        """Return somebody's pair as it lies in the database."""
        return await self.store.read(lambda c: pairs.find(c, user["id"], "consent"))

    async def consent_of(self, user: Payload) -> Consent:
        found = await self.store.read(
            lambda c: consents.find(c, user["id"], self.where.repository_id)
        )
        assert found is not None
        return found

    async def told(self) -> list[str]:
        """What the log says of consents, in order."""
        events = await self.log.read(0, 1000)
        return [str(each.action) for each in events if each.type == "consent"]

    def _consent(self, user: Payload, where: Where) -> Consent:
        at = self.clock()
        return Consent(
            user_id=user["id"],
            repository_id=where.repository_id,
            installation_id=where.installation_id,
            full_name=where.full_name,
            login=user["login"],
            place=0,
            given_at=at,
            given_behind=0,
            checked_at=at,
            checked_behind=0,
            lost_at=None,
            why=None,
            told=False,
        )


@asynccontextmanager
async def a_bench(
    store: Store, log: EventLog, clock: Clock, github: Simulator
) -> AsyncIterator[Bench]:
    """Set up a database that knows the simulated repository, and the ways to ask GitHub."""
    row = RepositoryRow(
        id=github.repository(ROCKET).id,
        full_name=ROCKET,
        installation_id=INSTALLATION_ID,
        connected=True,
    )
    rows = table_of(RepositoryRow)
    await store.write(lambda c: c.execute(insert(rows).values(row.model_dump())))
    settings = Settings(
        _env_file=None,
        github_api_url=github.url,
        github_app_id=str(github.app_id),
        github_private_key=SecretStr(github.private_key),
    )
    async with open_github(settings, now) as app:
        client = AppClient(github.client_id, github.client_secret)
        gateway = PeopleGateway(
            client, api_url=github.url, web_url=github.url, clock=clock, app=lambda: app
        )
        yield Bench(store, log, clock, github, gateway)
        await gateway.close()
