"""Processes that share a build: one leads, and starts the others, each at parts of its own.

``python -m runtime.sharing`` is one of the others. What it is to do comes by standard input, since
a database's address may hold a password; it ends at once when that is closed, as when whoever leads
is gone.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import NoReturn, TypeAlias

from events.errors import OrchestratorError
from projections.engine.building import Builder
from projections.engine.checkpoints import CheckpointMoved
from projections.engine.parts import Part
from projections.registry import PROJECTIONS
from runtime import memory
from runtime.agents_file import settle_agents_of
from runtime.database import open_database
from runtime.sentences import FORESEEN, sentence
from runtime.settings import Settings

WORTH = 1_000  # events, a second or two; for fewer no process is started
_LONGEST = 2_000  # bytes of what a process says as it ends
_MOVED_SECONDS = 0.2  # until it is tried again where somebody else was at the same part


class ShareFailed(OrchestratorError):
    """A process that shared in a build ended before its part was built."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process is to do: of a generation, its share of the parts, up to a position."""

    url: str
    generation: int
    number: int
    of: int
    until: int
    batch: int

    def step(self, builder: Builder) -> Awaitable[int]:
        """Build a batch further, as a builder's ``step``."""
        return builder.step_share(self.generation, Part(self.number, self.of), self.until)


# Builds a share a batch further: the position reached, 0 where all is done; None: another did.
Step: TypeAlias = Callable[[Share], Awaitable[int | None]]


async def shared(first: Share, step: Step) -> None:
    """Build a generation's parts by as many processes as the first share, this one's, is of.

    Raises ShareFailed where one of the others ends before its share is built. None is left then,
    nor however else this ends.
    """
    others = [replace(first, number=number) for number in range(1, first.of)]
    tasks = [asyncio.create_task(each) for each in (*map(_helped, others), _build(first, step))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _build(share: Share, step: Step) -> None:
    while (reached := await step(share)) != 0:
        if reached is None:
            await asyncio.sleep(_MOVED_SECONDS)


async def _helped(share: Share) -> None:
    """Have a process of its own build a share; raises ShareFailed."""
    async with _started() as process:
        assert process.stdin is not None  # noqa: S101 (for the type checker: both are pipes)
        assert process.stderr is not None  # noqa: S101 (likewise)
        process.stdin.write(json.dumps(asdict(share)).encode() + b"\n")
        said = (await process.stderr.read())[-_LONGEST:].decode(errors="replace").split("\n")
        status = await process.wait()
    if status != 0:
        why = f"was ended by signal {-status}" if status < 0 else next(filter(None, said[::-1]), "")
        raise ShareFailed(
            f"process {share.number + 1} of {share.of} at the build {why or 'failed'}; what is "
            "built stays, run replay again to go on with it"
        )


@asynccontextmanager
async def _started() -> AsyncIterator[asyncio.subprocess.Process]:
    """Start one of the others, which is gone at the end of the block.

    In a session of its own: what a terminal interrupts is this process, and that one ends with it.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "runtime.sharing"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _help() -> NoReturn:
    """Build a share, as standard input says, while whoever leads is there."""
    share = Share(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_input, daemon=True).start()
    memory.settle()
    try:
        asyncio.run(_build_in(share))
    except FORESEEN as error:
        sys.exit(f"failed: {sentence(error)}")
    sys.exit(0)


async def _build_in(share: Share) -> None:
    settle_agents_of(Settings())
    database = open_database(share.url)
    try:
        await _build(share, partial(_step, Builder(PROJECTIONS, database, batch=share.batch)))
    finally:
        await database.close()


async def _step(builder: Builder, share: Share) -> int | None:
    with suppress(CheckpointMoved):
        return await share.step(builder)
    return None


def _end_with_input() -> None:
    """End this process, whatever it does; what it has not committed is as if it never was."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    _help()
