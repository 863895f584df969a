"""What a process does in the background, by its role: each a work with its name, to be run."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from people.acting import ActingPeople
from reactions.executor import Executor, Holding
from reactions.lanes import Lanes
from reactions.ports.acting import Nobody
from runtime.acting_people import LendingPeople
from runtime.background.acting import ActionWorker
from runtime.background.announcing import ActingUserAnnouncer, AppAnnouncer
from runtime.background.building import Building
from runtime.background.conducting import Conducting
from runtime.background.leased import LeasedWork
from runtime.background.looking_after import looking_after
from runtime.background.loop_lag import watch_loop
from runtime.background.observing import ObservingGitHub
from runtime.background.projecting import Projecting
from runtime.background.server_policy import ServerPolicy
from runtime.background.supervised import Work
from runtime.background.watch import Notifier, look, look_at_lags, look_at_replica
from runtime.memory import set_aside_what_is_kept
from runtime.process import Process

if TYPE_CHECKING:
    from gateway import GitHubGateway

_HELD_SECONDS = 45.0  # for which an action is one process's; more than any request may take
_RECOVERY_PATIENCE_SECONDS = 60.0

_log = structlog.get_logger("service")


def works_of(process: Process) -> Iterator[Work]:
    """Yield what a process does by its role, on GitHub too if there is an App to do it with."""
    yield from _watching(process)
    if process.relaying is not None and process.role != "worker":
        yield _leased(process, process.relaying.work(process.lease("relay")))
    if process.role == "web":
        return
    yield _leased(process, _projecting(process).work())
    yield _leased(process, _building(process).work())
    for each in _conducting(process).works():
        yield _on_the_present(process, _leased(process, each))
    policy = ServerPolicy(process.database, process.services.log, process.policy_file)
    yield Work("server-policy", policy.run, ends=True)
    if process.app.is_there:
        yield from works_on_github(process, process.app.github())


def works_on_github(process: Process, github: "GitHubGateway") -> Iterator[Work]:
    """Yield what is done on GitHub, and by looking at it."""
    database, log = process.database, process.services.log
    announcer = ActingUserAnnouncer(database, log, github)
    yield Work("acting-user", announcer.run, ends=True)
    app = AppAnnouncer(database, log, github, signs=bool(process.secret_keys))
    yield Work("app-user", app.run, ends=True)
    yield _acting(process, github)
    for each in _observing(process, github).works():
        yield _leased(process, each)
    if process.people is not None:
        yield _leased(process, _looking_after(process, process.people.acting))


def _watching(process: Process) -> Iterator[Work]:
    """Yield what every process does: it looks at the log, at its lags and at itself."""
    services = process.services
    yield Work("look", lambda: look(services.log))
    yield Work("lags", lambda: look_at_lags(services))
    yield Work("loop-lag", lambda: watch_loop(services.metrics))
    yield Work("memory", set_aside_what_is_kept, ends=True)
    if services.replica is not None:
        yield Work("replica", lambda: look_at_replica(services))
    notifier = Notifier(process.database.url, services.log)
    yield Work("notifications", notifier.run, ends=services.store.dialect == "sqlite")


def _leased(process: Process, work: LeasedWork) -> Work:
    """Have work done whose faults are its own to try again, and to tell."""
    process.services.background.watch(work.health)
    return Work(work.health.name, work.run)


def _projecting(process: Process) -> Projecting:
    services = process.services
    return Projecting(
        store=process.database,
        grown=services.log.wake,
        progress=services.progress,
        shares=process.shares,
        clock=process.clock,
        instance=str(process.instance),
        large=services.log.large,
        judge=process.judge,
        fresh=process.fresh,
        recent=services.log.recent,
    )


def _building(process: Process) -> Building:
    return Building(
        store=process.database,
        clock=process.clock,
        instance=str(process.instance),
        large=process.services.log.large,
        judge=process.judge,
    )


def _conducting(process: Process) -> Conducting:
    return Conducting(
        log=process.services.log,
        store=process.database,
        shares=process.shares,
        clock=process.clock,
        instance=str(process.instance),
        wall=process.services.clock,
        asked=process.asked,
        judge=process.judge,
        fresh=process.fresh,
    )


def _on_the_present(process: Process, work: Work) -> Work:
    """Make work of what has to wait until the past is complete."""
    return _after(partial(_past_is_complete, process), work)


def _after(first: Callable[[], Awaitable[None]], work: Work) -> Work:
    async def both() -> None:
        await first()
        await work.run()

    return replace(work, run=both)


async def _past_is_complete(process: Process) -> None:
    """Wait until what was missing is delivered, for a minute: nobody acts on the past."""
    if process.app.is_there and not await process.gate.wait(_RECOVERY_PATIENCE_SECONDS):
        _log.warning("deliveries may be missing; deciding without them")
        process.gate.open()  # for all who wait, and whoever is started again


def _acting(process: Process, github: "GitHubGateway") -> Work:
    services = process.services
    executor = Executor(
        github=github,
        lanes=Lanes(process.database, process.fresh),
        log=services.log,
        store=process.database,
        clock=process.clock,
        wall=services.clock,
        random=SystemRandom().random,
        holding=Holding(str(process.instance), _HELD_SECONDS),
        pace=process.pace,
        keys=process.secret_keys,
        people=_lending(process),
    )
    worker = ActionWorker(executor, services.log.wake, process.clock)
    services.background.watch(worker.health)
    return _on_the_present(process, Work(worker.health.name, worker.run))


def _observing(process: Process, github: "GitHubGateway") -> ObservingGitHub:
    return ObservingGitHub(
        github=github,
        log=process.services.log,
        store=process.database,
        clock=process.clock,
        random=SystemRandom().random,
        instance=str(process.instance),
        gate=process.gate,
        recovery_seconds=process.recovery_seconds,
        session_seconds=process.session_seconds,
        asked=process.asked,
        people=_lending(process),
        judge=process.judge,
        fresh=process.fresh,
    )


def _lending(process: Process) -> Nobody | LendingPeople:
    """Return who lends us their tokens for what GitHub takes from people only."""
    acting = process.people.acting if process.people is not None else None
    return Nobody() if acting is None else LendingPeople(acting)


def _looking_after(process: Process, acting: ActingPeople) -> LeasedWork:
    instance = str(process.instance)
    return looking_after(acting, process.database, process.clock, instance, process.judge)
