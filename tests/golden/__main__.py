"""Play the golden history on SQLite: ``python -m tests.golden [--renew] [--dump FOLDER]``.

With ``--seed``, ``--turns`` and a ``--file`` of its own it is another history, kept for as long as
something is rebuilt: made before, compared after.
"""

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from runtime.database import open_database
from tests.databases import SqliteTemplate
from tests.golden import master
from tests.golden.rows import Digests
from tests.golden.run import TURNS


def main() -> None:
    """Tell what differs from what the tree keeps, or keep what was found."""
    given = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with TemporaryDirectory() as name:
        found = asyncio.run(_play(SqliteTemplate(Path(name)), Path(name), given))
    if given.renew:
        given.file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    else:
        sys.exit("\n".join(master.differences(master.kept(given.file), found)) or None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("--renew", action="store_true", help="keep what is found")
    parser.add_argument("--dump", type=Path, help="write every row into this folder")
    parser.add_argument("--turns", type=int, default=TURNS, help="how long the history is")
    parser.add_argument("--seed", type=int, default=master.SEED, help="which history it is")
    parser.add_argument("--file", type=Path, default=master.FILE, help="where digests are kept")
    return parser.parse_args()


async def _play(template: SqliteTemplate, folder: Path, given: argparse.Namespace) -> Digests:
    """Play it once as long as wanted, and once shortly, as the tests do."""
    live_store, disturbed_store, short_store = (
        open_database(template.clone(folder)) for _ in range(3)
    )
    live, history = await master.played(live_store, given.turns, given.dump, given.seed)
    disturbed = await master.projected(disturbed_store, master.disturbed(history), given.dump)
    _, short = await master.played(short_store, master.SHORT)
    for store in (live_store, disturbed_store, short_store):
        await store.close()
    return {"live": live, "disturbed": disturbed, "pure": master.pure(short)}


if __name__ == "__main__":
    main()
