"""What the tables hold, read by their names with plain SQL, and short digests of it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Connection, text

from events.store import Store

Row: TypeAlias = dict[str, object]
Digests: TypeAlias = dict[str, object]

# Read models, all of which a replay makes again. Not what the lanes keep for themselves.
TABLES = (
    "workflows",
    "workflow_versions",
    "lane_pages",
    "applied_commands",
    "confirmations",
    "actions",
    "commands",
    "repositories",
    "installations",
    "activity",
    "event_index",
    "reading_problems",
    "parked_events",
)
_SPAN = 200  # positions that share a digest, so that a difference is found quickly


async def tables_of(store: Store, names: Iterable[str] = TABLES) -> dict[str, list[Row]]:
    """Return all rows of tables, alike on both databases and in an order of their own."""

    def work(connection: Connection) -> dict[str, list[Row]]:
        return {name: _rows(connection, name) for name in names}

    return await store.read(work)


def digests(tables: dict[str, list[Row]]) -> Digests:
    """Return each table's digest, and those of its parts: by repository and by position."""
    return {name: _digests(rows) for name, rows in tables.items()}


def digest(value: object) -> str:
    """Return a digest of JSON, whatever the order of its keys."""
    return sha256(line(value).encode()).hexdigest()[:16]


def line(value: object) -> str:
    """Return JSON in one line with its keys in order."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def dump(folder: Path, tables: dict[str, list[Row]]) -> None:
    """Write every row as a line of a file of its table's name, to be compared with ``diff``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{line(row)}\n" for row in rows))


def _rows(connection: Connection, name: str) -> list[Row]:
    found = connection.execute(text(f"SELECT * FROM {name}")).mappings()  # noqa: S608 (our names)
    rows = [{key: _plain(value) for key, value in row.items()} for row in found]
    return sorted(rows, key=_order)


def _order(row: Row) -> tuple[object, ...]:
    places = [row.get(name) for name in ("repository_id", "issue_number", "position")]
    return *((-1 if place is None else place) for place in places), line(row)


def _plain(value: object) -> object:
    match value:
        case bool():
            return int(value)
        case UUID():
            return value.hex
        case datetime():
            at = value.astimezone(UTC) if value.tzinfo else value
            return at.strftime("%Y-%m-%d %H:%M:%S.%f")
        case date():
            return value.isoformat()
        case str() if value[:1] in ("{", "["):
            return _json(value)
    return value


def _json(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _digests(rows: list[Row]) -> Digests:
    return {
        "rows": len(rows),
        "all": digest(rows),
        "by repository": _parts(rows, "repository_id", 1),
        "by position": _parts(rows, "position", _SPAN),
    }


def _parts(rows: list[Row], name: str, span: int) -> dict[str, str]:
    parts: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        place = row.get(name)
        if isinstance(place, int):
            parts[place // span * span].append(row)
    return {str(place): digest(part) for place, part in sorted(parts.items())}
