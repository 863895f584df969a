"""How the background work of this process fares; health tells it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

from projections.engine.status import ProjectionStatus

SAMPLE_SECONDS = 5.0
GREW_SECONDS = 60.0
_CONTINUOUS_SECONDS = 4 * SAMPLE_SECONDS  # between two samples; what lies between others is unknown


@dataclass(slots=True)
class TaskHealth:
    """One background task: down from its first failure until it is at work again.

    It is ``failed`` whenever it ended or failed at what it tries again by itself.
    """

    name: str
    failures: int = 0  # in a row
    down_since: float | None = None  # of the monotonic clock
    error: str = ""

    def failed(self, error: str) -> None:
        """Hear that it ended, or failed at what it does."""
        self.failures += 1
        self.error = error
        if self.down_since is None:
            self.down_since = monotonic()

    def well(self) -> None:
        """Hear that it does what it should."""
        self.failures, self.down_since, self.error = 0, None, ""

    @property
    def down_seconds(self) -> float | None:
        """For how long it has been down, None while it is not."""
        return None if self.down_since is None else monotonic() - self.down_since


@dataclass(slots=True)
class _Run:
    """A time in which a lag did not fall: when it began and how it was, when it was last seen."""

    began: float
    first: ProjectionStatus
    seen: float
    last: ProjectionStatus

    @property
    def is_bad(self) -> bool:
        """Whether more came than was taken in, or nothing was taken in at all."""
        grew = self.last.lag > self.first.lag
        return grew or self.last.position == self.first.position


@dataclass(slots=True)
class LagWatch:
    """Watches the read models' lags: which did not fall for a minute, and grew or stood still."""

    _runs: dict[str, _Run] = field(default_factory=dict)

    def observe(self, projections: Iterable[ProjectionStatus], at: float) -> None:
        """Take in how far the read models are at a time of the monotonic clock."""
        for each in projections:
            if each.newer or not each.lag:
                self._runs.pop(each.name, None)
                continue
            run = self._runs.get(each.name)
            if run is None or each.lag < run.last.lag or at - run.seen > _CONTINUOUS_SECONDS:
                self._runs[each.name] = _Run(at, each, at, each)
            else:
                run.seen, run.last = at, each

    def complaints(self) -> list[str]:
        """Say of each lag that grew for a minute, or of which nothing was taken in, how it is."""
        return [
            f"the read model {name} is {run.last.lag} events behind, and that has not become less"
            f" for {run.seen - run.began:.0f} s"
            for name, run in self._runs.items()
            if run.seen - run.began >= GREW_SECONDS and run.is_bad
        ]


@dataclass(frozen=True, slots=True)
class LostLines:
    """How many log lines were lost since the process began, why the last, how many seconds ago."""

    lines: int = 0
    why: str = ""
    seconds_ago: float = float("inf")


@dataclass(slots=True)
class Background:
    """The tasks of this process by name, and the read models' lags as it saw them."""

    tasks: dict[str, TaskHealth] = field(default_factory=dict)
    lags: LagWatch = field(default_factory=LagWatch)

    def watch(self, task: TaskHealth) -> None:
        """Have a task's health told."""
        self.tasks[task.name] = task

    def complaints(self) -> list[str]:
        """Say which tasks are down and which lags grow: this process does not do its work."""
        down = [
            f"the task {task.name} has been down for {seconds:.0f} s: {task.error}"
            for task in self.tasks.values()
            if (seconds := task.down_seconds) is not None
        ]
        return down + self.lags.complaints()
