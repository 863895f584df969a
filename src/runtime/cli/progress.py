"""How far long work is: a bar on a terminal, elsewhere a line from time to time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TypeAlias

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from runtime.cli.output import errors

Told: TypeAlias = Callable[[int, int], None]  # how far of how far

_LINE_SECONDS = 10.0


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """Give what is to be told how far of how far the work is; it writes to standard error."""
    if not errors.is_terminal:
        yield Lines(what)
        return
    columns = (BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(
        TextColumn("{task.description}"), *columns, console=errors, transient=True
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Rate(ProgressColumn):
    """How many events a second."""

    def render(self, task: Task) -> Text:
        """Say it, once there is something to be said."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@dataclass(slots=True)
class Lines:
    """Writes how far something is every ten seconds, with the rate and what is left by it."""

    what: str
    clock: Callable[[], float] = monotonic
    _began: tuple[float, int] | None = None  # when, and how far it was
    _told: float = field(default=0.0)

    def __call__(self, done: int, total: int) -> None:
        """Hear how far of how far it is."""
        now = self.clock()
        if self._began is None:
            self._began, self._told = (now, done), now
        if now - self._told < _LINE_SECONDS:
            return
        self._told = now
        since, first = self._began
        rate = (done - first) / (now - since)
        left = f", {timedelta(seconds=round((total - done) / rate))} left" if rate else ""
        errors.print(f"{self.what}: {done} of {total}, {rate:.0f} a second{left}", soft_wrap=True)
