"""A process of its own for parsing what is large, so that nothing here is held meanwhile.

A parser holds the interpreter lock: 25 MB keep every thread of a process waiting for a tenth of a
second, hostile ones for seconds. The other process is started when it is first needed, takes one
body after the other, ends when it was idle for a while or whoever started it is gone, and is
replaced when it died.
"""

import asyncio
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import structlog

from events.errors import ParserFailed
from events.parsing import received, send

_COMMAND = (sys.executable, "-m", "events.parsing")
_GIVEN = {"MALLOC_MMAP_THRESHOLD_": str(1024 * 1024)}  # what is large is given back once it is free
_SECRETS = "ORCHESTRATOR_"  # how settings are named: who parses strangers' text needs none

Result = TypeVar("Result")
Body = bytes | bytearray

_log = structlog.get_logger("parsing")


class _Died(ParserFailed):
    """It ended without an answer, and not by us."""


class Elsewhere:
    """Calls functions on a body in the other process, one call at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __del__(self) -> None:
        """End the other process with whoever forgot to close."""
        self._end()

    @property
    def pid(self) -> int | None:
        """The other process's id, if there is one."""
        return None if self._process is None else self._process.pid

    async def call(
        self, function: Callable[..., Result], body: Body, *given: object, seconds: float
    ) -> Result:
        """Return ``function(body, *given)``, a function of a module; raises what it raises.

        Raises ParserFailed when the other process died over it twice, or took longer than
        ``seconds``.
        """
        request = pickle.dumps((function, given))
        answer = await asyncio.to_thread(self._ask, request, body, seconds)
        well, value = pickle.loads(answer)  # noqa: S301 (written by our own process)
        if not well:
            raise value
        result: Result = value
        return result

    async def close(self) -> None:
        """End the other process."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._turn:
            self._end()

    def _ask(self, request: bytes, body: Body, seconds: float) -> bytes:
        with self._turn:
            try:
                return self._attempt(request, body, seconds)
            except _Died:  # perhaps it just ended itself, or the kernel needed memory
                return self._attempt(request, body, seconds)

    def _attempt(self, request: bytes, body: Body, seconds: float) -> bytes:
        process, overdue = self._running(), threading.Event()
        timer = threading.Timer(seconds, _kill, (process, overdue))
        timer.start()
        try:
            return _exchange(process, request, body)
        except (EOFError, OSError) as error:
            self._end()
            why = f"took longer than {seconds:g} seconds" if overdue.is_set() else "died"
            _log.warning("the process that parses what is large ended", because=why)
            failure = ParserFailed if overdue.is_set() else _Died
            raise failure(f"the process that parses what is large {why}") from error
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the process, a new one where it ended while it was idle."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_GIVEN | {k: v for k, v in os.environ.items() if not k.startswith(_SECRETS)},
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError), process:
                pass  # closes its pipes and waits


def _kill(process: subprocess.Popen[bytes], overdue: threading.Event) -> None:
    overdue.set()
    process.kill()


def _exchange(process: subprocess.Popen[bytes], request: bytes, body: Body) -> bytes:
    assert process.stdin is not None  # noqa: S101 (for the type checker: both are pipes)
    assert process.stdout is not None  # noqa: S101 (likewise)
    send(process.stdin, request)
    send(process.stdin, body)
    process.stdin.flush()
    return bytes(received(process.stdout))
