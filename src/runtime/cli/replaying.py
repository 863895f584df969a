"""``replay``: build projections again, or compare them with what the log says."""

import asyncio
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated

import typer

from projections.engine.parts import MOST
from projections.engine.projection import AnyProjection
from projections.engine.runner import BATCH
from runtime.agents_file import settle_agents_of
from runtime.cli.checking import check_rows
from runtime.cli.output import Json, console, print_json
from runtime.cli.progress import progress
from runtime.database import open_database
from runtime.database.url import parse_url, sqlite_file
from runtime.migrate import migrate, with_database
from runtime.replay import BUILDS_SINCE, Sharing, build_ahead, build_into, chosen, rebuild
from runtime.settings import Settings

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
Until = Annotated[
    str | None,
    typer.Option(metavar="POSITION|TIME", help="Build no further than this; with --into."),
]
Into = Annotated[
    str | None, typer.Option(metavar="URL", help="Build into another database, to look at it.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST,
        show_default="the processors; on SQLite 1",
        help="Processes that share a rebuild of more than 1,000 events, by repositories.",
    ),
]
Batch = Annotated[int, typer.Option(min=1, max=_MAX_BATCH, help="Events per transaction.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(replay)


def replay(  # noqa: PLR0913 (a command's options)
    projections: Names = None,
    *,
    check: Check = False,
    build_ahead: Ahead = False,
    until: Until = None,
    into: Into = None,
    batch: Batch = BATCH,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Build projections again from the log, or with --check compare them with it.

    What is shown stays until the others are as far. A replay performs no action: it only writes
    read models. One that is stopped is gone on with by the next, or by the service.
    """
    settle_agents_of(Settings())
    picked = chosen(projections or [])
    if sum((check, build_ahead, into is not None)) > 1:
        raise typer.BadParameter("--check, --build-ahead and --into are three things; choose one")
    if until is not None and into is None:
        raise typer.BadParameter("--until needs --into: what is shown reflects the whole log")
    if jobs is not None and (check or into is not None):
        raise typer.BadParameter("--check and --into are done by one process: leave out --jobs")
    if into is not None:
        _built_into(
            picked, asyncio.run(_build_into(picked, into, _moment(until), batch)), json=json
        )
    elif check:
        check_rows(picked, batch, json=json)
    elif build_ahead:
        _built_ahead(*asyncio.run(_build_ahead(picked, batch, jobs)), json=json)
    else:
        end = asyncio.run(_rebuild(picked, batch, jobs))
        names = [projection.name for projection in picked]
        if json:
            print_json({"projections": names, "position": end})
        else:
            console.print(f"built {', '.join(names)} again, up to position {end}")


async def _rebuild(picked: Sequence[AnyProjection], batch: int, jobs: int | None) -> int:
    sharing = _sharing(Settings().database_url, jobs)
    with progress("replaying") as shown:
        return await with_database(
            sharing.url, lambda store: rebuild(store, picked, batch, shown, sharing)
        )


async def _build_ahead(
    picked: Sequence[AnyProjection], batch: int, jobs: int | None
) -> tuple[list[str], int]:
    sharing = _sharing(Settings().database_url, jobs)
    with progress("building") as shown:
        return await with_database(
            sharing.url,
            lambda store: build_ahead(store, picked, batch, shown, sharing),
            needs=BUILDS_SINCE,
        )


def _sharing(url: str, jobs: int | None) -> Sharing:
    """Say how many processes share a build: by default as many as there are processors.

    On SQLite one, since they would wait for its one writer, and so would whoever appends.
    """
    processors = 1 if sqlite_file(parse_url(url)) else min(MOST, len(os.sched_getaffinity(0)))
    return Sharing(jobs or processors, url)


def _built_ahead(names: list[str], position: int, *, json: bool) -> None:
    if json:
        print_json({"projections": names, "position": position})
    elif names:
        console.print(
            f"built {', '.join(names)} up to position {position}, for this release's start"
        )
    else:
        console.print("there is nothing to build: this release makes what is there in the same way")


async def _build_into(
    picked: Sequence[AnyProjection], url: str, until: int | datetime | None, batch: int
) -> int:
    parse_url(url, "--into")  # which is told by its own name
    other = open_database(url)
    try:
        await migrate(other)
        with progress("building") as shown:
            return await with_database(
                Settings().database_url,
                lambda store: build_into(store, other, picked, batch, shown, until),
            )
    finally:
        await other.close()


def _built_into(picked: Sequence[AnyProjection], position: int, *, json: bool) -> None:
    names = [projection.name for projection in picked]
    if json:
        print_json({"projections": names, "position": position})
    else:
        console.print(f"built {', '.join(names)} as they were at position {position}")


def _moment(text: str | None) -> int | datetime | None:
    """Read a position or a time with its zone; raises BadParameter."""
    if text is None or re.fullmatch("[0-9]{1,18}", text):
        return None if text is None else int(text)
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise typer.BadParameter("--until takes a position, or a time such as 2026-01-31T12:00:00Z")
