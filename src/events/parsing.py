"""What the process does that parses what is large; ``events.elsewhere`` starts it and asks it.

Requests and answers are pickles, each behind its length; the body follows the request as it is.
"""

import fcntl
import os
import pickle
import resource
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from select import select
from typing import IO, Any

from events.delivery import delivered_body, outline_of
from events.envelope import Event, NewEvent
from events.errors import OrchestratorError
from events.github import Reading, read_delivery
from events.github.agents import Agents, reading_by
from events.github.node import Problem
from events.signature import WebhookSecret

IDLE_SECONDS = 30.0
MAX_MEMORY = 768 * 1024 * 1024  # bytes, far more than what is parsed may come to

_LENGTH = 8  # bytes, big-endian
_PIPE = 1024 * 1024  # bytes on their way


def outlined(body: bytearray, headers: Mapping[str, str], signer: WebhookSecret | None) -> NewEvent:
    """Return the event that a delivery becomes, without its payload."""
    return outline_of(headers, body, signer)


def facts(body: bytes | bytearray, event: Event, agents: Agents) -> Reading:
    """Read the facts in a delivery whose payload was left out, by a table of agents. Total."""
    try:
        with reading_by(agents):
            return read_delivery(event.type, event.action, delivered_body(event, body))
    except (OrchestratorError, ValueError) as error:
        problem = Problem(path="$", expected="a delivery's payload", found=type(error).__name__)
        return Reading(problems=(problem,))


def send(target: IO[bytes], content: bytes | bytearray) -> None:
    """Write something behind its length."""
    with suppress(OSError, AttributeError):  # Linux only: fewer turns between the two
        fcntl.fcntl(target, fcntl.F_SETPIPE_SZ, _PIPE)
    target.write(len(content).to_bytes(_LENGTH))
    target.write(content)


def received(source: IO[bytes]) -> bytearray:
    """Read what was sent; raises EOFError at the end."""
    content = bytearray(int.from_bytes(_filled(source, bytearray(_LENGTH))))
    return _filled(source, content)


def _filled(source: IO[bytes], content: bytearray) -> bytearray:
    view, filled = memoryview(content), 0
    while filled < len(content):
        count = source.readinto(view[filled:])  # type: ignore[attr-defined]  # the stubs' gap
        if not count:
            raise EOFError("the other side closed the pipe")
        filled += count
    return content


def serve() -> None:
    """Answer requests from standard input, until it ends or nothing came for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; who started us ends us
    _stay_small()
    source, target = os.fdopen(0, "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not write into an answer
    with suppress(EOFError, BrokenPipeError):
        while select([source], [], [], IDLE_SECONDS)[0]:
            function, given = pickle.loads(received(source))  # noqa: S301 (likewise)
            send(target, _answer(function, received(source), given))
            target.flush()
            del function, given


def _answer(function: Callable[..., Any], body: bytearray, given: tuple[object, ...]) -> bytes:
    try:
        return pickle.dumps((True, function(body, *given)))
    except Exception as error:  # noqa: BLE001 (whatever it is belongs to who asked)
        error.__cause__ = error.__context__ = None
        return pickle.dumps((False, error.with_traceback(None)))


def _stay_small() -> None:
    """Let this process fail rather than others, where memory gets short."""
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    with suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


if __name__ == "__main__":
    serve()
