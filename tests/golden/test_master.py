"""A lively history gives what it gave before, to the byte: decisions, pages, waits and all.

Whoever means to change that makes the file anew with ``python -m tests.golden --renew`` and has the
difference reviewed: ``GOLDEN_DUMP=folder`` writes every row, before and after, for ``diff -r``.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from events.store import Store
from tests.conftest import BOTH, SOAK
from tests.golden import master
from tests.golden.run import TURNS
from tests.projections.builders import another

pytestmark = pytest.mark.anyio


# It takes a minute on both, which `make soak` has; a shorter one is replayed on the other.
on_one_database = pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[:1], indirect=True)


def _folder(dialect: str) -> Path | None:
    given = os.environ.get("GOLDEN_DUMP")
    return Path(given) / dialect if given else None


@on_one_database
async def test_the_golden_history_gives_what_it_gave_before(
    store: Store, dialect: str, new_database: Callable[[], str]
) -> None:
    folder = _folder(dialect)
    live, history = await master.played(store, TURNS, folder)
    async with another(new_database) as empty:
        disturbed = await master.projected(empty, master.disturbed(history), folder)
    found = {"live": live, "disturbed": disturbed}
    assert [*master.differences({name: master.kept()[name] for name in found}, found)] == []


@pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[1:], indirect=True)
async def test_a_replay_of_it_gives_the_same_at_any_batch_size(store: Store) -> None:
    live, _ = await master.played(store, master.SHORT)
    for batch in (1, 7, 500):
        found = await master.replayed(store, batch)
        assert [*master.differences(master.read_models(live), found)] == []


@pytest.mark.parametrize("dialect", ["sqlite"])  # no database takes part in what is compared
async def test_its_lanes_folded_purely_are_what_they_were_before(store: Store) -> None:
    _, history = await master.played(store, master.SHORT)
    found = master.pure(history)
    assert [*master.differences(master.kept()["pure"], found)] == []
