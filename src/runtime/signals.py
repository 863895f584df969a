"""Hearing of a stop signal beside whoever handles it."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import FrameType

STOP = (signal.SIGTERM, signal.SIGINT)
_LOOK_SECONDS = 1.0
_ORPHANED_SECONDS = 30.0


def stop_on_hangup() -> None:
    """Have SIGHUP stop the service as SIGTERM does: its own way would be to die of it.

    A terminal that is closed sends it. Where it is ignored, as ``nohup`` has it, it stays so.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, handle)


@contextmanager
def heard(stopping: asyncio.Event) -> Iterator[None]:
    """Set ``stopping`` at a stop signal, then let the handler that was there do its part.

    The server learns of the end before its lifespan does: it first waits for open connections,
    and a live stream would never close. Outside the main thread there are no signals to hear.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in STOP}

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)
        handler = previous[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in STOP:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, handler)


@contextmanager
def ending_with_parent() -> Iterator[None]:
    """Stop this process when the supervisor that started it is gone.

    A thread looks, which no event loop holds up; what does not come to an end in good order in half
    a minute ends at once, as it may at any time.
    """
    parent, over = multiprocessing.parent_process(), threading.Event()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent, over), name="parent", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(parent: BaseProcess, over: threading.Event) -> None:
    while not over.wait(_LOOK_SECONDS):
        if os.getppid() != parent.pid or not parent.is_alive():
            os.kill(os.getpid(), signal.SIGTERM)
            if not over.wait(_ORPHANED_SECONDS):
                os._exit(1)
            return
