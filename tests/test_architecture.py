"""ARCHITECTURE.md and the decisions name what is there, and the walks go where it says."""

import asyncio
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.walks import (
    AS_OF,
    SOURCE,
    TO_CONFIRMATION,
    TO_LOG,
    TO_OUTCOME,
    TO_PAGE,
    TO_REQUEST,
    Walks,
    traced,
)
from tests.databases import SqliteTemplate

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = "events|aggregates|projections|reactions|gateway|simulator|api|runtime"

DECISIONS = "".join(file.read_text("utf-8") for file in (ROOT / "docs" / "adr").glob("*.md"))
MODULES = sorted(set(re.findall(rf"(?<![\w/.@-])(?:{ROOMS})(?:\.[a-zA-Z_]\w*)+", TEXT + DECISIONS)))
PATHS = sorted(set(re.findall(r"`([\w.][\w./-]*/[\w.-]*)`", TEXT)))

MANY = 40  # as many are found at least, if they are looked for at all

WALKS = (TO_LOG, TO_PAGE, TO_REQUEST, TO_OUTCOME, TO_CONFIRMATION, AS_OF)
BY_EVERY = "what every walk crosses"
# Files from the log to `workflows`, all of which are opened by whoever follows it. Aimed at is 40:
# whoever comes below this number lowers it. One was added for which checks speak for a head, one
# for whose a repository is, one each for whose word counts, for what is waited for too long, and
# for what GitHub is asked, and for what an event tells that is new; two for statements that are
# compiled once, one for the conditions that a rule consists of, one for snapshots of lanes, three
# for rules that stand by subject instead of all in one file, two for Copilot's sessions, two for
# conflicts, two for ceilings on sessions, four for agents: which there are, which of them has an
# issue, and by which table rows were made; three for epics, and one for Agent Merge.
MOST_TO_PAGE = 74


def section(heading: str) -> str:
    """Return what stands under a heading, up to the next of any level."""
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", TEXT, re.IGNORECASE | re.MULTILINE | re.DOTALL
    )
    assert found is not None, heading
    return found[1]


def named(heading: str) -> set[str]:
    """Return the files that the table under a heading names."""
    rows = re.findall(r"^\| (`.*?) \|", section(heading), re.MULTILINE)
    return {file for row in rows for file in re.findall(r"`([\w/]+\.py)`", row)}


@pytest.fixture(scope="module")
def walks(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Walks:
    folder = tmp_path_factory.mktemp("walks")
    return asyncio.run(traced(lambda: sqlite_template.clone(folder)))


def test_every_path_leads_somewhere() -> None:
    assert len(PATHS) > MANY
    assert [path for path in PATHS if not _leads_somewhere(path)] == []


def test_every_module_is_there() -> None:
    assert len(MODULES) > MANY
    assert [name for name in MODULES if not _is_there(name)] == []


@pytest.mark.parametrize("part", WALKS)
def test_a_walk_crosses_every_file_that_is_named(part: str, walks: Walks) -> None:
    assert named(part)
    assert sorted(named(part) - walks[part].files.keys()) == []


def test_what_every_walk_is_said_to_cross_is_crossed(walks: Walks) -> None:
    for file in named(BY_EVERY):
        assert any(file in walks[part].files for part in WALKS), file


def test_every_file_that_is_crossed_is_named(walks: Walks) -> None:
    """By its walk, by one before it or among what every walk crosses; the simulator sends it."""
    known = named(BY_EVERY)
    for part in WALKS:
        known |= named(part)
        ours = {file for file in walks[part].files if not file.startswith("simulator/")}
        assert sorted(ours - known) == [], part


def test_the_walk_from_the_log_to_its_page_grows_no_longer(walks: Walks) -> None:
    assert len(walks[TO_PAGE].files) <= MOST_TO_PAGE


def _leads_somewhere(path: str) -> bool:
    return (ROOT / path).exists() or (SOURCE / path).exists()


def _is_there(name: str) -> bool:
    """Tell whether a module, or what is in one, has this name."""
    parts = name.split(".")
    while parts and not _is_module(".".join(parts)):
        parts.pop()
    found: object = import_module(".".join(parts))
    for attribute in name.split(".")[len(parts) :]:
        if not hasattr(found, attribute):
            return False
        found = getattr(found, attribute)
    return True


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # what stands before the last dot is no package
        return False
