"""A figure with what it is held against and what it is to reach, as JSON and as a table."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from rich.table import Table

_VERDICTS = {True: "", False: ", missed", None: ", not yet"}
COLUMNS = ("what", "figure", "aim", "processor, wall", "held against", "ratio")


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure is to reach: at least that, or at most."""

    bound: float
    at_most: bool = False

    def met(self, found: float) -> bool:
        """Say whether a figure reaches it."""
        return found <= self.bound if self.at_most else found >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}"


def at_least(bound: float) -> Aim:
    """Aim at no less."""
    return Aim(bound)


def at_most(bound: float) -> Aim:
    """Aim at no more."""
    return Aim(bound, at_most=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one of many takes, in seconds: of the processor, and by the clock on the wall.

    0 where it was not measured.
    """

    processor: float = 0.0
    wall: float = 0.0

    def __str__(self) -> str:
        told = (_duration(each) for each in (self.processor, self.wall) if each)
        return ", ".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of the report.

    ``figure``: None of what cannot be measured yet. ``yardstick``: the same load on what stands
    outside the service, named by ``against``. ``notes``: what else was found, for the JSON only.
    """

    what: str
    figure: float | None
    unit: str = ""
    aim: Aim | None = None
    cost: Cost = Cost()
    against: str = ""
    yardstick: Cost = Cost()
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The yardstick's processor time for one against ours: 1 is as cheap as it gets."""
        ours, theirs = self.cost.processor, self.yardstick.processor
        return theirs / ours if ours and theirs else None

    @property
    def verdict(self) -> str:
        """The aim, and whether it is met."""
        if self.aim is None:
            return ""
        return f"{self.aim}{_VERDICTS[self.met]}"

    @property
    def met(self) -> bool | None:
        """Say whether the aim is met, if there is one and it was measured."""
        if self.aim is None or self.figure is None:
            return None
        return self.aim.met(self.figure)

    def cells(self) -> tuple[str, ...]:
        """Return what a table shows of it, in the order of COLUMNS."""
        figure = "" if self.figure is None else f"{rounded(self.figure):,} {self.unit}".strip()
        held = " ".join(filter(None, (self.against, str(self.yardstick))))
        ratio = "" if self.ratio is None else f"{rounded(self.ratio):g}"
        return (self.what, figure, self.verdict, str(self.cost), held, ratio)

    def document(self) -> dict[str, object]:
        """Return it for JSON."""
        told = {"aim": self.verdict, "met": self.met, "ratio": self.ratio}
        return asdict(self) | told | {"figure": self.figure and rounded(self.figure)}


def rounded(value: float) -> float:
    """Return three figures of it, or all before the point."""
    return round(value) if abs(value) >= 100 else float(f"{value:.3g}")  # noqa: PLR2004


def as_table(title: str, lines: Iterable[Line]) -> Table:
    """Return a table for a terminal, in which what is missed stands out."""
    table = Table(*COLUMNS, title=title, title_justify="left")
    for line in lines:
        table.add_row(*line.cells(), style="red" if line.met is False else None)
    return table


def _duration(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.3g} s"
    milli = 1000 * seconds
    return f"{milli:.3g} ms" if milli >= 1 else f"{1000 * milli:.3g} µs"
