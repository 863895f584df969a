"""A process while it runs: its works are begun, late ones too, and all is let go of at the end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import SystemRandom
from secrets import token_bytes

import structlog

from events.catalogue import OwnEvent, ServiceStarted, ServiceStopped, own_event
from events.errors import LogError
from events.identity import timed_id
from runtime.background.supervised import Supervisor, Work
from runtime.process import Process
from runtime.works import works_of, works_on_github

_LAST_SECONDS = 2.0  # for a database that no longer answers

_log = structlog.get_logger("service")


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[None]:
    """Do a process's background work until the block ends, then let go of everything it holds."""
    await process.app.look_first()
    supervisor = Supervisor(SystemRandom().random)
    tasks: list[asyncio.Task[None]] = []

    def begin(work: Work) -> None:
        done = supervisor.run(work, process.health(work.name))
        tasks.append(asyncio.create_task(done))

    for work in works_of(process):
        begin(work)
    if not process.app.is_there:
        begin(Work("app", process.app.follow))
        if process.role != "web":
            begin(Work("late-app", lambda: _begin_late(process, begin), ends=True))
    await _record(process, _started(process))
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                await _cancel(tasks)
                await _record(process, ServiceStopped(instance=process.instance))
                await _close(process)
        except TimeoutError:
            _log.error("the database did not answer in time; stopping without it")


async def _begin_late(process: Process, begin: Callable[[Work], None]) -> None:
    """Begin to work on GitHub once set-up brought an App, and say so as of a start."""
    await process.app.arrived.wait()
    for work in works_on_github(process, process.app.github()):
        begin(work)
    await _record(process, _started(process))


def _started(process: Process) -> ServiceStarted:
    return ServiceStarted(
        instance=process.instance,
        version=process.services.version,
        role=process.role,
        has_app=process.role != "web" and process.app.is_there,
    )


async def _record(process: Process, content: OwnEvent) -> None:
    services = process.services
    event = own_event(content, timed_id(services.clock(), token_bytes(10)))
    try:
        [appended] = await services.log.append(event)
    except LogError as error:
        _log.error("the log does not take events", error=str(error), what=content.action)
    else:
        position = appended.event.position
        _log.info(f"service {content.action}", position=position, role=process.role)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _close(process: Process) -> None:
    """Let go of what is open, the database last: others come to an end by it."""
    await process.services.log.drain()
    await process.services.log.large.close()
    await process.app.close()
    if process.people is not None:
        await process.people.close()
    if process.replica is not None:
        await process.replica.close()
    await process.database.close()
