"""What tests have the other process do; it imports this file alone."""

import os
import signal

from events.parsing import MAX_MEMORY


def pid_of(_body: bytes) -> int:
    """Tell which process it is."""
    return os.getpid()


def die(_body: bytes, *_given: object) -> None:
    """Die as the kernel kills what takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def hang(_body: bytes) -> None:
    """Never answer."""
    signal.pause()


def environment(_body: bytes) -> list[str]:
    """Tell the names of what is set there."""
    return list(os.environ)


def hoard(_body: bytes) -> int:
    """Ask for all the memory that there is for it, and it needed some to begin with."""
    return len(bytearray(MAX_MEMORY))
