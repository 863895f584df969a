"""Commands on the database: ``migrate``, ``status``, ``verify``."""

import asyncio
import re
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from projections.engine.status import LogStatus
from projections.engine.status import status as read_status
from projections.registry import PROJECTIONS
from runtime import migrate as migrations
from runtime.agents_file import settle_agents_of
from runtime.cli.output import Json, console, fail, print_json
from runtime.cli.progress import progress
from runtime.database import open_database
from runtime.migrate import with_database
from runtime.settings import Settings
from runtime.verify import Verdict
from runtime.verify import verify as walk


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (migrate, status, verify):
        app.command()(command)


def migrate(*, json: Json = False) -> None:
    """Bring the database to the schema of this release; ``start`` does it by itself."""
    before, after = asyncio.run(_migrate())
    if json:
        print_json({"before": before, "after": after})
    elif before == after:
        console.print(f"the database is at {after} already")
    else:
        console.print(f"migrated the database from {before or 'empty'} to {after}")


async def _migrate() -> tuple[str | None, str | None]:
    database = open_database(Settings().database_url)
    try:
        return await migrations.migrate(database)
    finally:
        await database.close()


def status(*, json: Json = False) -> None:
    """Show how long the log is and how far each projection reflects it."""
    settings = Settings()
    settle_agents_of(settings)
    found = asyncio.run(
        with_database(
            settings.database_url,
            lambda store: store.read(lambda connection: read_status(connection, PROJECTIONS)),
        )
    )
    if json:
        print_json(asdict(found))
    else:
        _show(found)


def _show(found: LogStatus) -> None:
    newest = f", newest {found.head.recorded_at:%F %T} UTC" if found.head.position else ""
    console.print(f"log: {found.head.position} events{newest}")
    table = Table("projection", "position", "lag", "parked")
    for each in found.projections:
        name = f"{each.name} (a newer release's)" if each.newer else each.name
        if each.building is not None:
            name += f" (built anew: {each.building})"
        table.add_row(name, str(each.position), str(each.lag), str(each.parked))
    console.print(table)


def verify(
    anchor: Annotated[
        str | None,
        typer.Option(help="POSITION:HASH noted elsewhere; shows a log cut short at its end."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Recompute the hash chain of the whole log and look for the triggers that protect it."""
    verdict = asyncio.run(_verify(_anchor(anchor)))
    if json:
        print_json(asdict(verdict) | {"sound": verdict.sound})
    elif verdict.sound:
        console.print(f"sound: {verdict.events} events; anchor for the next time:")
        console.print(f"{verdict.head.position}:{verdict.head.hash}", soft_wrap=True)
    if not verdict.sound:
        fail("; ".join(verdict.problems))


async def _verify(anchor: tuple[int, str] | None) -> Verdict:
    with progress("verifying") as told:
        return await with_database(Settings().database_url, lambda store: walk(store, anchor, told))


def _anchor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    position, _, digest = text.partition(":")
    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
        raise typer.BadParameter("write POSITION:HASH, as verify printed it")
    return int(position), digest
