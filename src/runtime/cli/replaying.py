"""``replay``: build projections again, or compare them with what the log says."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy import Connection

from events.errors import OrchestratorError
from events.read import head
from projections.engine.checkpoints import positions
from projections.engine.projection import AnyProjection
from projections.engine.runner import BATCH
from runtime.check import Difference, check
from runtime.cli.output import Json, console, errors, fail, print_json, progress
from runtime.database import Database
from runtime.migrate import with_database
from runtime.replay import BUILDS_SINCE, build_ahead, chosen, rebuild
from runtime.settings import Settings

_SHOWN = 50
_MAX_BATCH = 10_000

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[PROJECTION]...", help="Which; all if none is named.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; print where live rows differ.")
]
Ahead = Annotated[
    bool,
    typer.Option("--build-ahead", help="Build what this release changed, for its start to show."),
]
Batch = Annotated[int, typer.Option(min=1, max=_MAX_BATCH, help="Events per transaction.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(replay)


def replay(
    projections: Names = None,
    *,
    check: Check = False,
    build_ahead: Ahead = False,
    batch: Batch = BATCH,
    json: Json = False,
) -> None:
    """Build projections again from the log, or with --check compare them with it.

    What is shown stays until the others are as far. A replay performs no action: it only writes
    read models. One that is stopped is gone on with by the next, or by the service.
    """
    picked = chosen(projections or [])
    if check and build_ahead:
        raise typer.BadParameter("--check and --build-ahead are two things; choose one")
    if check:
        _report(asyncio.run(_check(picked, batch)), json=json)
    elif build_ahead:
        _built_ahead(*asyncio.run(_build_ahead(picked, batch)), json=json)
    else:
        end = asyncio.run(_rebuild(picked, batch))
        names = [projection.name for projection in picked]
        if json:
            print_json({"projections": names, "position": end})
        else:
            console.print(f"built {', '.join(names)} again, up to position {end}")


async def _rebuild(picked: Sequence[AnyProjection], batch: int) -> int:
    with progress() as bar:
        shown = _Shown(bar, "replaying")
        return await with_database(
            Settings().database_url, lambda store: rebuild(store, picked, batch, shown)
        )


async def _build_ahead(picked: Sequence[AnyProjection], batch: int) -> tuple[list[str], int]:
    with progress() as bar:
        shown = _Shown(bar, "building")
        return await with_database(
            Settings().database_url,
            lambda store: build_ahead(store, picked, batch, shown),
            needs=BUILDS_SINCE,
        )


def _built_ahead(names: list[str], position: int, *, json: bool) -> None:
    if json:
        print_json({"projections": names, "position": position})
    elif names:
        console.print(
            f"built {', '.join(names)} up to position {position}, for this release's start"
        )
    else:
        console.print("there is nothing to build: this release makes what is there in the same way")


class NothingReflected(OrchestratorError):
    """There is nothing to compare: a projection has not begun to read the log."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found, and how far of how far the live rows reflected the log at the least."""

    differences: list[Difference]
    position: int
    head: int


async def _check(picked: Sequence[AnyProjection], batch: int) -> _Checked:
    with progress() as bar:
        shown = _Shown(bar, "checking")

        async def collect(store: Database) -> _Checked:
            position, end = await store.read(lambda connection: _standing(connection, picked))
            found = [difference async for difference in check(store, picked, batch, shown)]
            return _Checked(found, position, end)

        return await with_database(Settings().database_url, collect)


def _standing(connection: Connection, picked: Sequence[AnyProjection]) -> tuple[int, int]:
    """Return the least position of the projections and the log's; raises NothingReflected."""
    end = head(connection).position
    reached = positions(connection)
    behind = [each.name for each in picked if end and not reached.get(each.name)]
    if behind:
        reflect = "reflects" if len(behind) == 1 else "reflect"
        raise NothingReflected(
            f"{', '.join(behind)} {reflect} nothing of the log yet; "
            "start the service, or run replay"
        )
    return min(reached.get(each.name, 0) for each in picked), end


class _Shown:
    """A progress bar that is told how far of how far."""

    def __init__(self, bar: Progress, what: str) -> None:
        self._bar = bar
        self._task = bar.add_task(what, total=None)

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)


def _report(checked: _Checked, *, json: bool) -> None:
    differences = checked.differences
    if json:
        print_json(asdict(checked))
    for difference in [] if json else differences[:_SHOWN]:
        key = ", ".join(difference.key)
        errors.print(f"{difference.projection} [{key}]")
        errors.print(f"  live:    {difference.live}")
        errors.print(f"  rebuilt: {difference.rebuilt}")
    if differences:
        fail(f"{len(differences)} rows differ from what the log says; run replay to mend them")
    elif not json:
        reached = f"position {checked.position} of {checked.head}"
        console.print(f"live rows equal rebuilt rows, up to {reached}")
