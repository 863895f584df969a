"""``replay --check``: what of the live rows is not as the log says."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from projections.engine.projection import AnyProjection
from runtime.check import Difference, compared
from runtime.cli.output import console, errors, fail, print_json
from runtime.cli.progress import progress
from runtime.database import Database
from runtime.frozen import frozen
from runtime.migrate import with_database
from runtime.settings import Settings

_SHOWN = 20  # differences of a table
_LONGEST = 300  # characters of a value


@dataclass(slots=True)
class _Checked:
    """What was found at a position, and how far the log was; of each table's, the first are kept.

    ``counts`` is how many there are, by table.
    """

    position: int
    head: int
    differences: list[Difference] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, difference: Difference) -> None:
        """Take in a further difference."""
        number = self.counts.get(difference.projection, 0) + 1
        self.counts[difference.projection] = number
        if number <= _SHOWN:
            self.differences.append(difference)


def check_rows(picked: Sequence[AnyProjection], batch: int, *, json: bool) -> None:
    """Compare live rows with what the log says, print where they differ, and then fail."""
    checked = asyncio.run(_check(picked, batch))
    if json:
        print_json(asdict(checked))
    else:
        _print(checked)
    if number := sum(checked.counts.values()):
        fail(f"{number} rows differ from what the log says; run replay to mend them")


async def _check(picked: Sequence[AnyProjection], batch: int) -> _Checked:
    async def collect(store: Database) -> _Checked:
        with progress("checking") as shown:
            async with frozen(store, picked) as copy:
                checked = _Checked(copy.position, copy.head)
                async for difference in compared(copy, store, picked, batch, shown):
                    checked.add(difference)
        return checked

    return await with_database(Settings().database_url, collect)


def _print(checked: _Checked) -> None:
    if not checked.counts:
        reached = f"position {checked.position} of {checked.head}"
        console.print(f"live rows equal rebuilt rows, up to {reached}")
    for part, number in checked.counts.items():
        for difference in checked.differences:
            if difference.projection == part:
                _print_difference(difference)
        if number > _SHOWN:
            _say(f"{part}: {number - _SHOWN} more rows differ")


def _print_difference(difference: Difference) -> None:
    _say(f"{difference.projection} [{', '.join(difference.key)}]")
    if difference.live is None:
        _say(f"  live:    no such row; rebuilt: {_short(difference.rebuilt)}")
    elif difference.rebuilt is None:
        _say(f"  rebuilt: no such row; live: {_short(difference.live)}")
    else:
        for column in difference.columns:
            _say(f"  {column}, live:    {_short(difference.live[column])}")
            _say(f"  {column}, rebuilt: {_short(difference.rebuilt[column])}")


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _say(line: str) -> None:
    errors.print(line, soft_wrap=True)
