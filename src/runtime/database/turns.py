"""Who may write next: appends first, the others with a guaranteed share of the time."""

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

Job: TypeAlias = Callable[[], None]

APPEND, OTHER = 0, 1
# Stride scheduling: time spent counts this many times over against a kind's claim to be next.
# When both always wait, appends get three quarters of the writer's time.
_STRIDE = (1.0, 3.0)


class Turns:
    """Two queues of jobs shared out by time spent; ``take`` blocks, ``put`` does not."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: tuple[deque[Job], deque[Job]] = (deque(), deque())
        self._claims = [0.0, 0.0]
        self._closed = False

    def put(self, kind: int, job: Job) -> None:
        """Queue a job of a kind, ``APPEND`` or ``OTHER``."""
        with self._changed:
            if self._closed:
                raise RuntimeError("the database is closed")
            if not self._queues[kind]:  # one who slept has saved up no claim
                self._claims[kind] = max(self._claims[kind], self._claims[1 - kind])
            self._queues[kind].append(job)
            self._changed.notify()

    def take(self) -> tuple[int, Job] | None:
        """Return the next job, waiting for one; None once closed and empty."""
        with self._changed:
            while not any(self._queues):
                if self._closed:
                    return None
                self._changed.wait()
            kind = self._next_kind()
            return kind, self._queues[kind].popleft()

    def spent(self, kind: int, seconds: float) -> None:
        """Count the time that a job of a kind took."""
        with self._changed:
            self._claims[kind] += seconds * _STRIDE[kind]

    def close(self) -> None:
        """Take no more jobs; those queued are still handed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next_kind(self) -> int:
        if not self._queues[OTHER]:
            return APPEND
        if not self._queues[APPEND]:
            return OTHER
        return APPEND if self._claims[APPEND] <= self._claims[OTHER] else OTHER
