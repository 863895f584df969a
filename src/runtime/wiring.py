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
from api.webhooks import PATH as RECEIVER
from events.catalogue import OwnEvent, ServiceStarted, ServiceStopped, own_event
from events.errors import LogError
from events.identity import timed_id
from events.lease import Now
from events.log import EventLog
from events.wake import Wake
from people.acting import ActingPeople
from projections.lanes.fresh import FreshLanes
from projections.references import Links
from projections.registry import PROJECTIONS
from reactions.executor import Executor, Holding, Pace
from reactions.lanes import Lanes
from reactions.ports.acting import Nobody
from reactions.recovery import Gate
from reactions.resync import IssueReading
from runtime.acting_people import LendingPeople
from runtime.app_in_use import AppInUse
from runtime.background.acting import ActionWorker
from runtime.background.announcing import ActingUserAnnouncer, AppAnnouncer
from runtime.background.building import Building
from runtime.background.conducting import PARTITIONS, Conducting
from runtime.background.leased import Lease, LeasedWork
from runtime.background.looking_after import looking_after
from runtime.background.loop_lag import watch_loop
from runtime.background.observing import ObservingGitHub
from runtime.background.projecting import Projecting
from runtime.background.server_policy import ServerPolicy
from runtime.background.supervised import Supervisor, Work
from runtime.background.watch import Notifier, look, look_at_lags, look_at_replica
from runtime.clock import SteadyClock, now
from runtime.database import Database, open_database, open_replica
from runtime.frontend import built_frontend
from runtime.logs import lines, tell_request
from runtime.people import OpenPeople, open_people
from runtime.release import product_version
from runtime.settings import Settings

if TYPE_CHECKING:
    from gateway import GitHubGateway
    from runtime.background.relaying import Relaying

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
    app: AppInUse
    replica: Database | None = None
    policy_file: Path | None = None
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
    relaying: "Relaying | None" = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do the background work of the role until the block ends, then let go of everything."""
        await self.app.look_first()
        supervisor = Supervisor(SystemRandom().random)
        tasks: list[asyncio.Task[None]] = []

        def begin(work: Work) -> None:
            done = supervisor.run(work, self._health(work.name))
            tasks.append(asyncio.create_task(done))

        for work in self._background():
            begin(work)
        if not self.app.is_there:
            begin(Work("app", self.app.follow))
            if self.role != "web":
                begin(Work("late-app", lambda: self._begin_late(begin), ends=True))
        await self._record(self._started())
        try:
            yield
        finally:
            try:
                async with asyncio.timeout(_LAST_SECONDS):
                    await _cancel(tasks)
                    await self._record(ServiceStopped(instance=self.instance))
                    await self.services.log.drain()
                    await self.services.log.large.close()
                    await self.app.close()
                    if self.people is not None:
                        await self.people.close()
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
        if self.relaying is not None and self.role != "worker":
            yield self._leased(self.relaying.work(self._lease("relay")))
        if self.role == "web":
            return
        yield self._leased(self._projecting().work())
        yield self._leased(self._building().work())
        for each in self._conducting():
            yield _after(self._past_is_complete, self._leased(each))
        policy = ServerPolicy(self.database, services.log, self.policy_file)
        yield Work("server-policy", policy.run, ends=True)
        if self.app.is_there:
            yield from self._with_app(self.app.github())

    def _with_app(self, github: "GitHubGateway") -> Iterator[Work]:
        """Yield what is done on GitHub, and by looking at it."""
        log = self.services.log
        announcer = ActingUserAnnouncer(self.database, log, github)
        yield Work("acting-user", announcer.run, ends=True)
        app = AppAnnouncer(self.database, log, github, signs=bool(self.secret_keys))
        yield Work("app-user", app.run, ends=True)
        yield self._acting(github)
        yield from map(self._leased, self._observing(github).works())
        if self.people is not None:
            yield self._leased(self._looking_after(self.people.acting))

    async def _begin_late(self, begin: Callable[[Work], None]) -> None:
        """Begin to work on GitHub once set-up brought an App, and say so as of a start."""
        await self.app.arrived.wait()
        for work in self._with_app(self.app.github()):
            begin(work)
        await self._record(self._started())

    def _started(self) -> ServiceStarted:
        return ServiceStarted(
            instance=self.instance,
            version=self.services.version,
            role=self.role,
            has_app=self.role != "web" and self.app.is_there,
        )

    def _leased(self, work: LeasedWork) -> Work:
        """Have work done whose faults are its own to try again, and to tell."""
        self.services.background.watch(work.health)
        return Work(work.health.name, work.run)

    def _lease(self, name: str) -> Lease:
        return Lease(name, self.database, self.clock, str(self.instance), self._judge)

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
        if self.app.is_there and not await self.gate.wait(_RECOVERY_PATIENCE_SECONDS):
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


def wire(settings: Settings, role: Role = "all", own_url: str = "") -> Process:
    """Build a process of the service from its settings; opens no connection yet.

    ``own_url`` is where it is served on this machine, for what comes by way of a relay.
    """
    database = open_database(settings.database_url)
    replica = _replica_of(settings) if role != "worker" else None
    pace = Pace(settings.github_pause_seconds)
    clock = SteadyClock(now)
    if role == "web":  # which seldom asks
        app = AppInUse(settings, database)
    else:
        app = AppInUse(settings, database, clock, pace.observe)
        if app.is_there:
            app.github()  # or end here, with one clear line
    instance, log = uuid4(), EventLog(database, now, Wake())
    people = open_people(settings, database, log, now, str(instance), app)
    services = Services(
        version=product_version(),
        log=log,
        store=database,
        projections=PROJECTIONS,
        progress=Wake(),
        links=Links(settings.github_web_url.rstrip("/")),
        clock=now,
        webhook_secrets=lambda: app.webhook_secrets,
        people=people.api,
        setup=people.desk,
        frontend=built_frontend(),
        metrics_open=settings.metrics_open,
        lost_lines=lines.lost,
        tell_request=tell_request,
        issues=lambda: IssueReading(github=app.github, clock=now) if app.is_there else None,
        replica=Replica(replica) if replica else None,
    )
    return Process(
        role=role,
        instance=instance,
        database=database,
        services=services,
        app=app,
        replica=replica,
        policy_file=settings.policy_file,
        pace=pace,
        recovery_seconds=settings.recovery_seconds,
        clock=clock,
        secret_keys=settings.secret_keys,
        people=people,
        relaying=_relaying(settings, own_url),
    )


def _relaying(settings: Settings, own_url: str) -> "Relaying | None":
    if not settings.relay_url or not own_url:
        return None
    from runtime.background.relaying import Relaying  # noqa: PLC0415 (few have a client for it)

    return Relaying(settings.relay_url, f"{own_url}{RECEIVER}")


def _replica_of(settings: Settings) -> Database | None:
    url = settings.read_database_url
    return open_replica(url, settings.database_url) if url else None


def _after(first: Callable[[], Awaitable[None]], work: Work) -> Work:
    """Make work of what has to wait for something first."""

    async def both() -> None:
        await first()
        await work.run()

    return replace(work, run=both)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
