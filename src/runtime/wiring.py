"""The one composition root: who is handed what."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from secrets import token_bytes
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID, uuid4

import structlog

from api.background import TaskHealth
from api.reads import Replica
from api.services import Services
from events.catalogue import OwnEvent, ServiceStarted, ServiceStopped, own_event
from events.errors import LogError
from events.identity import timed_id
from events.lease import Now
from events.log import EventLog
from events.wake import Wake
from people.acting import ActingPeople
from projections.lanes.fresh import FreshLanes
from projections.registry import PROJECTIONS
from reactions.executor import Executor, Holding, Pace
from reactions.lanes import Lanes
from reactions.ports.acting import Nobody
from reactions.ports.answers import RateLimit
from reactions.recovery import Gate
from reactions.resync import IssueReading
from runtime.acting_people import LendingPeople
from runtime.background.acting import ActionWorker
from runtime.background.announcing import ActingUserAnnouncer, AppAnnouncer
from runtime.background.building import Building
from runtime.background.conducting import PARTITIONS, Conducting
from runtime.background.leased import LeasedWork
from runtime.background.looking_after import looking_after
from runtime.background.loop_lag import watch_loop
from runtime.background.observing import ObservingGitHub
from runtime.background.projecting import Projecting
from runtime.background.server_policy import ServerPolicy
from runtime.background.supervised import Supervisor, Work
from runtime.background.watch import Notifier, look, look_at_lags, look_at_replica
from runtime.clock import SteadyClock, now
from runtime.database import Database, open_database, open_replica
from runtime.logs import lines, tell_request
from runtime.people import OpenPeople, open_people
from runtime.release import product_version
from runtime.settings import Settings

if TYPE_CHECKING:
    from gateway import GitHubGateway

Role: TypeAlias = Literal["all", "web", "worker"]

_HELD_SECONDS = 45.0  # for which an action is one process's; more than any request may take
_RECOVERY_PATIENCE_SECONDS = 60.0
_LAST_SECONDS = 2.0  # for a database that no longer answers

_log = structlog.get_logger("service")


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service, wired but not running."""

    role: Role
    instance: UUID
    database: Database
    services: Services
    replica: Database | None = None
    policy_file: Path | None = None
    github: "GitHubGateway | None" = None
    asking: "AskingGitHub | None" = None
    pace: Pace = field(default_factory=Pace)
    gate: Gate = field(default_factory=Gate)
    asked: Wake = field(default_factory=Wake)  # when GitHub is to be asked something
    shares: tuple[Wake, ...] = field(  # when lanes changed
        default_factory=lambda: tuple(Wake() for _ in range(PARTITIONS))
    )
    fresh: FreshLanes = field(default_factory=FreshLanes)  # from who folds to who decides
    recovery_seconds: float = 300.0
    clock: Callable[[], datetime] = field(default_factory=SteadyClock)  # of waits
    secret_keys: tuple[bytes, ...] = field(default=(), repr=False)
    people: OpenPeople | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do the background work of the role until the block ends, then let go of everything."""
        supervisor = Supervisor(SystemRandom().random)
        tasks = [
            asyncio.create_task(supervisor.run(work, self._health(work.name)))
            for work in self._background()
        ]
        await self._record(
            ServiceStarted(
                instance=self.instance,
                version=self.services.version,
                role=self.role,
                has_app=self.github is not None,
            )
        )
        try:
            yield
        finally:
            try:
                async with asyncio.timeout(_LAST_SECONDS):
                    await _cancel(tasks)
                    await self._record(ServiceStopped(instance=self.instance))
                    await self.services.log.drain()
                    await self.services.log.large.close()
                    late = None if self.asking is None else self.asking.opened
                    for gateway in (self.github, late, self.people):
                        if gateway is not None:
                            await gateway.close()
                    if self.replica is not None:
                        await self.replica.close()
                    await self.database.close()
            except TimeoutError:
                _log.error("the database did not answer in time; stopping without it")

    def _background(self) -> Iterator[Work]:
        services = self.services
        yield Work("look", lambda: look(services.log))
        yield Work("lags", lambda: look_at_lags(services))
        yield Work("loop-lag", lambda: watch_loop(services.metrics))
        if services.replica is not None:
            yield Work("replica", lambda: look_at_replica(services))
        notifier = Notifier(self.database.url, services.log)
        yield Work("notifications", notifier.run, ends=services.store.dialect == "sqlite")
        if self.role == "web":
            return
        yield self._leased(self._projecting().work())
        yield self._leased(self._building().work())
        for each in self._conducting():
            yield _after(self._past_is_complete, self._leased(each))
        policy = ServerPolicy(self.database, services.log, self.policy_file)
        yield Work("server-policy", policy.run, ends=True)
        if self.github is not None:
            announcer = ActingUserAnnouncer(self.database, services.log, self.github)
            yield Work("acting-user", announcer.run, ends=True)
            signs = bool(self.secret_keys)
            app = AppAnnouncer(self.database, services.log, self.github, signs=signs)
            yield Work("app-user", app.run, ends=True)
            yield self._acting(self.github)
            yield from map(self._leased, self._observing(self.github).works())
            if self.people is not None and self.people.acting is not None:
                yield self._leased(self._looking_after(self.people.acting))

    def _leased(self, work: LeasedWork) -> Work:
        """Have work done whose faults are its own to try again, and to tell."""
        self.services.background.watch(work.health)
        return Work(work.health.name, work.run)

    def _health(self, name: str) -> TaskHealth:
        """Return the health of a task by its name, which it may have told itself."""
        background = self.services.background
        if name not in background.tasks:
            background.watch(TaskHealth(name))
        return background.tasks[name]

    def _projecting(self) -> Projecting:
        return Projecting(
            store=self.database,
            grown=self.services.log.wake,
            progress=self.services.progress,
            shares=self.shares,
            clock=self.clock,
            instance=str(self.instance),
            large=self.services.log.large,
            judge=self._judge,
            fresh=self.fresh,
            recent=self.services.log.recent,
        )

    def _building(self) -> Building:
        return Building(
            store=self.database,
            clock=self.clock,
            instance=str(self.instance),
            large=self.services.log.large,
            judge=self._judge,
        )

    def _judge(self) -> Now:
        """Return the time by which leases are judged; SQLite's processes share one machine's."""
        return self.services.clock() if self.database.dialect == "sqlite" else None

    def _observing(self, github: "GitHubGateway") -> ObservingGitHub:
        return ObservingGitHub(
            github=github,
            log=self.services.log,
            store=self.database,
            clock=self.clock,
            random=SystemRandom().random,
            instance=str(self.instance),
            gate=self.gate,
            recovery_seconds=self.recovery_seconds,
            asked=self.asked,
            judge=self._judge,
            fresh=self.fresh,
        )

    def _conducting(self) -> list[LeasedWork]:
        return Conducting(
            log=self.services.log,
            store=self.database,
            shares=self.shares,
            clock=self.clock,
            instance=str(self.instance),
            wall=self.services.clock,
            asked=self.asked,
            judge=self._judge,
            fresh=self.fresh,
        ).works()

    async def _past_is_complete(self) -> None:
        """Wait until what was missing is delivered, for a minute: nobody acts on the past."""
        if self.github is not None and not await self.gate.wait(_RECOVERY_PATIENCE_SECONDS):
            _log.warning("deliveries may be missing; deciding without them")
            self.gate.open()  # for all who wait, and whoever is started again

    def _looking_after(self, acting: ActingPeople) -> LeasedWork:
        return looking_after(acting, self.database, self.clock, str(self.instance), self._judge)

    def _acting(self, github: "GitHubGateway") -> Work:
        services, acting = self.services, self.people.acting if self.people else None
        executor = Executor(
            github=github,
            lanes=Lanes(self.database, self.fresh),
            log=services.log,
            store=self.database,
            clock=self.clock,
            wall=services.clock,
            random=SystemRandom().random,
            holding=Holding(str(self.instance), _HELD_SECONDS),
            pace=self.pace,
            keys=self.secret_keys,
            people=Nobody() if acting is None else LendingPeople(acting),
        )
        worker = ActionWorker(executor, services.log.wake, self.clock)
        services.background.watch(worker.health)
        return _after(self._past_is_complete, Work(worker.health.name, worker.run))

    async def _record(self, content: OwnEvent) -> None:
        event = own_event(content, timed_id(self.services.clock(), token_bytes(10)))
        try:
            [appended] = await self.services.log.append(event)
        except LogError as error:
            _log.error("the log does not take events", error=str(error), what=content.action)
        else:
            _log.info(f"service {content.action}", position=appended.event.position, role=self.role)


def wire(settings: Settings, role: Role = "all") -> Process:
    """Build a process of the service from its settings; opens no connection yet."""
    database = open_database(settings.database_url)
    replica = _replica_of(settings) if role != "worker" else None
    pace = Pace(settings.github_pause_seconds)
    clock = SteadyClock(now)
    github = github_of(settings, pace.observe, clock) if role != "web" else None
    asking = AskingGitHub(settings) if role == "web" and _has_app(settings) else None
    asked = asking or (None if github is None else lambda: github)
    instance, log = uuid4(), EventLog(database, now, Wake())
    people = open_people(settings, database, log, now, str(instance), asked)
    services = Services(
        version=product_version(),
        log=log,
        store=database,
        projections=PROJECTIONS,
        progress=Wake(),
        clock=now,
        webhook_secrets=settings.webhook_secrets,
        people=people.api,
        metrics_open=settings.metrics_open,
        lost_lines=lines.lost,
        tell_request=tell_request,
        issues=IssueReading(github=asked, clock=now) if asked else None,
        replica=Replica(replica) if replica else None,
    )
    return Process(
        role=role,
        instance=instance,
        database=database,
        services=services,
        replica=replica,
        policy_file=settings.policy_file,
        github=github,
        asking=asking,
        pace=pace,
        recovery_seconds=settings.recovery_seconds,
        clock=clock,
        secret_keys=settings.secret_keys,
        people=people,
    )


def _replica_of(settings: Settings) -> Database | None:
    url = settings.read_database_url
    return open_replica(url, settings.database_url) if url else None


def github_of(
    settings: Settings,
    observe: Callable[[RateLimit], None] = lambda _limit: None,
    clock: Callable[[], datetime] = now,
) -> "GitHubGateway | None":
    """Build the gateway where an App is set; without one, nothing is done on GitHub.

    Opens no connection yet. Raises CredentialUnusable.
    """
    if not _has_app(settings):
        return None
    from runtime.github import open_github  # noqa: PLC0415 (its client is large, and `web` needs none)

    return open_github(settings, clock, observe, wall=now)


def _after(first: Callable[[], Awaitable[None]], work: Work) -> Work:
    """Make work of what has to wait for something first."""

    async def both() -> None:
        await first()
        await work.run()

    return replace(work, run=both)


def _has_app(settings: Settings) -> bool:
    return bool(settings.github_app_id and settings.github_private_key.get_secret_value())


@dataclass(slots=True)
class AskingGitHub:
    """The gateway of a process that seldom needs one: built once it is asked for."""

    settings: Settings
    opened: "GitHubGateway | None" = None

    def __call__(self) -> "GitHubGateway":
        """Return the gateway; raises CredentialUnusable."""
        if self.opened is None:
            self.opened = github_of(self.settings)
        assert self.opened is not None  # noqa: S101 (only built where there is an App)
        return self.opened


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
