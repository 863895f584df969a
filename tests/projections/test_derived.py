"""Rows of any type, a context that concerns them all, and tables that follow from their steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.access import EVERYTHING
from projections.engine import parked
from projections.engine.projection import EVERY_ROW, Derivation, Projection, Step
from projections.engine.runner import Runner
from runtime.database import Database
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.account_histories import (
    FAULTS,
    SHAKEN,
    account_histories,
    folded,
    happened,
    stored,
)
from tests.projections.accounts import (
    ACCOUNTS,
    FUNDED,
    LINES,
    NEWEST,
    Account,
    Bank,
    Kept,
    pack,
    unpack,
)
from tests.projections.builders import (
    another,
    make_tables,
    parked_events,
    project,
    rows_of,
    table_rows,
)
from tests.projections.fragile import Note, a_table, noting

pytestmark = pytest.mark.anyio

FRESH = 2  # whose turn it is: one of two runners that stay, or one that has just been started
turns = st.lists(st.tuples(st.integers(1, 8), st.integers(0, FRESH)), min_size=1, max_size=8)


async def recorded(store: Store, *history: NewEvent) -> None:
    await EventLog(store, Clock(), Wake()).append(*history)


def a_runner(store: Store, projection: Projection[Any] = ACCOUNTS) -> Runner:
    return Runner([projection], store, store)


@settings(histories.WITH_DATABASES, max_examples=30)
@given(history=account_histories, turns=turns)
async def test_whoever_projects_in_batches_of_any_size_there_is_what_a_plain_fold_gives(
    new_database: Callable[[], str], history: Sequence[NewEvent], turns: Sequence[tuple[int, int]]
) -> None:
    async with another(new_database) as store:
        await make_tables(store, ACCOUNTS)
        await recorded(store, *history)
        standing = [a_runner(store), a_runner(store)]
        await standing[0].prepare()
        reached = turn = 0
        while reached < len(history):
            size, whose = turns[turn % len(turns)]
            runner = a_runner(store) if whose == FRESH else standing[whose]
            reached = await runner.step(until=reached + size)
            turn += 1
        assert await stored(store) == folded(history)


@pytest.mark.parametrize("batch", [1, 10])
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_event_at_fault_anywhere_leaves_nothing_but_its_parked_entry(
    store: Database, fault: str, batch: int
) -> None:
    await make_tables(store, ACCOUNTS)
    around = (happened("paid", 1), happened("audited and paid", 2), happened("paid", 1))
    await recorded(store, *around[:2], happened(fault), *around[2:])
    await project(store, [ACCOUNTS], batch)
    without = folded([*around[:2], happened("looked at"), *around[2:]])
    assert await parked_events(store) == {("accounts", 3)}
    assert await stored(store) == replace(without, parked={3})


async def test_an_event_at_fault_in_one_of_all_rows_leaves_nothing_in_any(store: Database) -> None:
    await make_tables(store, ACCOUNTS)
    await recorded(store, *[happened("paid", n) for n in (1, 2, 3, 4)], happened(SHAKEN))
    await project(store, [ACCOUNTS])
    assert await parked_events(store) == {("accounts", 5)}
    rows = await rows_of(store, ACCOUNTS)
    assert {key: row["state"] for key, row in rows.items()} == {
        (n,): [10, None] for n in (1, 2, 3, 4)
    }


async def test_derived_rows_that_the_database_refuses_are_narrowed_down_to_their_events(
    store: Database,
) -> None:
    await make_tables(store, ACCOUNTS)
    kinds = ["paid", "refused", "refused", "paid", "paid", "paid", "paid", "refused"]
    await recorded(store, *[happened(kind) for kind in kinds])
    await project(store, [ACCOUNTS])
    assert await parked_events(store) == {("accounts", position) for position in (2, 3, 8)}
    assert sorted(await table_rows(store, LINES)) == [(n, 1) for n in (1, 4, 5, 6, 7)]
    assert (await rows_of(store, ACCOUNTS))[1,]["state"] == [50, None]


async def test_what_concerns_every_row_reaches_those_stored_those_known_and_those_just_made(
    store: Database,
) -> None:
    await make_tables(store, ACCOUNTS)
    unpacked: list[Kept] = []

    def noting_what_is_unpacked(columns: Mapping[str, Any]) -> Kept:
        unpacked.append(unpack(columns))
        return unpacked[-1]

    await recorded(store, happened("paid", 1), happened("paid", 5))
    await project(store, [ACCOUNTS])
    runner = a_runner(store, replace(ACCOUNTS, unpack=noting_what_is_unpacked))
    await recorded(store, happened("paid", 2), happened("paid", 6))
    await runner.step()
    assert unpacked == []
    await recorded(store, happened("paid", 3), happened("closed", 5), happened("closed", 6))
    await recorded(store, happened("shut"), happened("paid", 4))
    await runner.step()
    assert sorted(kept.number for kept in unpacked if isinstance(kept, Account)) == [1, 5]
    rows = await rows_of(store, ACCOUNTS)
    assert {number: row["state"] for (number,), row in rows.items()} == {
        99: [True, 0],
        1: [10, 8],
        2: [10, 8],
        3: [10, 8],
        4: [10, None],
    }
    shut = {key[1]: row for key, row in (await table_rows(store, LINES)).items() if key[0] == 8}
    assert {number: (row["was_shut"], row["is_shut"]) for number, row in shut.items()} == (
        dict.fromkeys((99, 1, 2, 3), (None, True))
    )


async def test_a_context_that_was_read_once_is_not_read_again(store: Database) -> None:
    await make_tables(store, ACCOUNTS)
    read: list[Kept] = []

    def noting_what_is_read(columns: Mapping[str, Any]) -> Kept:
        read.append(unpack(columns))
        return read[-1]

    await recorded(store, happened("audited"))
    await project(store, [ACCOUNTS])
    runner = a_runner(store, replace(ACCOUNTS, unpack=noting_what_is_read))
    for number in (1, 2, 3):
        await recorded(store, happened("paid", number))
        await runner.step()
    assert read == [Bank(audits=1)]


async def test_rows_that_stay_the_same_object_are_not_written(store: Database) -> None:
    await make_tables(store, ACCOUNTS)
    written: list[Kept] = []

    def noting_what_is_written(kept: Kept) -> dict[str, Any]:
        written.append(kept)
        return pack(kept)

    await recorded(store, happened("paid", 1), happened("paid", 2), happened("looked at", 1))
    noting_accounts = replace(ACCOUNTS, pack=noting_what_is_written)
    await project(store, [noting_accounts], batch=2)
    assert written == [Account(1, 10), Account(2, 10)]
    await recorded(store, happened("looked at", 2))
    await project(store, [noting_accounts])
    assert written == [Account(1, 10), Account(2, 10)]


async def test_a_step_is_taken_when_the_row_or_the_context_becomes_another(store: Database) -> None:
    await make_tables(store, ACCOUNTS)
    await recorded(store, happened("paid", 1), happened("paid", 2), happened("looked at", 1))
    await recorded(store, happened("audited"), happened("shut and paid", 1))
    await project(store, [ACCOUNTS])
    steps = [(1, 1), (2, 2), (4, 99), (5, 1), (5, 2), (5, 99)]
    assert sorted(await table_rows(store, LINES)) == steps


@pytest.mark.parametrize("batch", [1, 10])
async def test_a_derived_row_goes_when_it_is_derived_away_and_may_come_back(
    store: Database, batch: int
) -> None:
    await make_tables(store, ACCOUNTS)
    await recorded(store, happened("paid", 1), happened("paid", 2), happened("closed", 1))
    await project(store, [ACCOUNTS], batch)
    assert await table_rows(store, FUNDED) == {(2,): {"number": 2, "balance": 10}}
    await recorded(store, happened("paid", 2, -10), happened("paid", 1, 30))
    await project(store, [ACCOUNTS], batch)
    assert await table_rows(store, FUNDED) == {(1,): {"number": 1, "balance": 30}}


async def test_of_one_events_answers_about_a_derived_row_that_of_the_greatest_key_holds(
    store: Database,
) -> None:
    await make_tables(store, ACCOUNTS)
    await recorded(store, *[happened("paid", n) for n in (7, 40, 9)], happened("shut"))
    await project(store, [ACCOUNTS])
    assert await table_rows(store, NEWEST) == {("all",): {"of": "all", "number": 40}}


async def test_a_restart_removes_derived_rows_too(store: Database) -> None:
    await make_tables(store, ACCOUNTS)
    await recorded(store, happened("shut and paid"), happened("audited"))
    await project(store, [ACCOUNTS])
    whole = await stored(store)
    assert all(whole.derived.values())
    await a_runner(store).restart(ACCOUNTS)
    assert await stored(store) == folded([])
    await project(store, [ACCOUNTS])
    assert await stored(store) == whole


async def test_rows_that_are_never_looked_up_may_have_others_derived_from_them(
    store: Database,
) -> None:
    copies = a_table("copies")

    def derive(step: Step[Note]) -> list[Derivation]:
        assert (step.before, step.context_before, step.context_after) == (None, None, None)
        return [Derivation(copies, step.key, dict(step.after or ()))]

    notes = replace(noting("notes"), append_only=True, derived=(copies,), derive=derive)
    await make_tables(store, notes)
    await recorded(store, *[happened("paid") for _ in range(5)])
    await project(store, [notes], batch=2)
    assert len(await rows_of(store, notes)) == 5
    assert await table_rows(store, copies) == await rows_of(store, notes)


async def test_without_a_context_nothing_touches_every_row(store: Database) -> None:
    orphans = replace(ACCOUNTS, context=None, touches=lambda _read: [EVERY_ROW])
    await make_tables(store, orphans)
    await recorded(store, happened("shut"))
    await project(store, [orphans])
    [entry] = await store.read(lambda c: parked.list_parked(c, EVERYTHING, None, 10))
    assert entry.error == "ValueError at Deriving._in_order"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"append_only": True}, "have no context"), ({"unpack": None}, "need both pack and unpack")],
)
def test_a_projection_that_cannot_work_is_refused(changes: dict[str, Any], refusal: str) -> None:
    with pytest.raises(ValueError, match=f"accounts: .* {refusal}"):
        replace(ACCOUNTS, **changes)
