"""The walks that a reader is shown can be traced."""

import asyncio
from pathlib import Path

from benchmarks.walks import AS_OF, SOURCE, TO_LOG, TO_OUTCOME, TO_PAGE, traced
from tests.databases import SqliteTemplate


def test_every_part_of_the_walks_crosses_files_of_ours(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    walks = asyncio.run(traced(lambda: sqlite_template.clone(tmp_path)))
    assert all((SOURCE / file).is_file() for crossed in walks.values() for file in crossed.files)
    rooms = {name: {file.partition("/")[0] for file in walks[name].files} for name in walks}
    assert {"api", "events"} <= rooms[TO_LOG]
    assert rooms[TO_PAGE] == {"projections", "aggregates", "events", "runtime"}
    assert {"reactions", "aggregates", "events"} <= rooms[TO_OUTCOME]
    assert {"api", "projections"} <= rooms[AS_OF]
