"""The worked tables of how facts merge, and the issues that they write in a few characters."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from events.github import IssueSeen
from events.github.fact import Order

_PAGE = Path(__file__).parents[1] / "docs" / "adr" / "0014-merging-ties-and-doubts.md"
_START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def rows(heading: str) -> list[tuple[str, ...]]:
    """Return the cells of a section's table, without its head and the last column's reasons."""
    section = _PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip(" `") for cell in line.split("|")[1:-2]) for line in lines[2:]]


def at(seconds: str) -> datetime:
    """Read a time, such as ``:07``."""
    return _START + timedelta(seconds=int(seconds.removeprefix(":")))


def issue(written: str) -> IssueSeen:
    """Read an issue, such as ``:02 c, blockers 1 of :01, uncertain``."""
    head, *marks = written.split(", ")
    time, title = head.split()
    seen = IssueSeen(
        repository_id=1,
        id=100,
        number=17,
        title=title,
        state="open",
        labels=(),
        assignee_ids=(),
        updated_at=at(time),
    )
    for mark in marks:
        seen = _marked(seen, mark)
    return seen


def _marked(seen: IssueSeen, mark: str) -> IssueSeen:
    match mark.split():
        case ["deleted"]:
            return replace(seen, deleted=True)
        case ["uncertain"]:
            return replace(seen, uncertain=True)
        case ["settled", time]:
            return replace(seen, settled_at=at(time))
        case ["blockers", count]:
            return replace(seen, blocked_by_open=int(count))
        case ["blockers", count, "of", *lender]:
            borrowed = (("blocked_by_open", _order(lender)),)
            return replace(seen, blocked_by_open=int(count), borrowed=borrowed)
    raise ValueError(f"the table says {mark!r}, which this cannot read")


def _order(lender: list[str]) -> Order:
    """Read the order of the snapshot that lent a value: ``:00``, or ``:00 settled :07``."""
    settled = re.sub(r"^:\d\d ?", "", " ".join(lender)).removeprefix("settled ")
    seen = issue(f"{lender[0]} a" + (f", settled {settled}" if settled else ""))
    return (seen.deleted, seen.transferred, seen.updated_at, seen.settled_at)
