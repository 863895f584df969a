"""Who does a piece of background work: one at a time, for as long as it renews."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from events import lease
from runtime.database import Database

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
LOCK_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


async def acquire(store: Database, holder: str, now: datetime = NOW, name: str = "work") -> bool:
    return await store.write(lambda c: lease.acquire(c, name, holder, now))


async def release(store: Database, holder: str) -> None:
    await store.write(lambda c: lease.release(c, "work", holder))


async def holder(store: Database, now: datetime = NOW, name: str = "work") -> str | None:
    return await store.read(lambda c: lease.holder_of(c, name, now))


async def test_the_first_who_asks_gets_it(store: Database) -> None:
    assert await holder(store) is None
    assert await acquire(store, "first")
    assert await holder(store) == "first"


async def test_another_does_not_get_it_while_it_runs(store: Database) -> None:
    await acquire(store, "first")
    assert not await acquire(store, "second", NOW + lease.LASTS - MOMENT)
    assert await holder(store, NOW + lease.LASTS - MOMENT) == "first"


async def test_another_gets_it_once_it_has_run_out(store: Database) -> None:
    await acquire(store, "first")
    assert await holder(store, NOW + lease.LASTS) is None
    assert await acquire(store, "second", NOW + lease.LASTS)
    assert not await acquire(store, "first", NOW + lease.LASTS + MOMENT)


async def test_its_holder_renews_it(store: Database) -> None:
    await acquire(store, "first")
    later = NOW + lease.LASTS - MOMENT
    assert await acquire(store, "first", later)
    assert not await acquire(store, "second", later + lease.LASTS - MOMENT)
    assert await acquire(store, "second", later + lease.LASTS)


async def test_its_holder_may_take_it_up_again_after_its_end(store: Database) -> None:
    await acquire(store, "first")
    assert await acquire(store, "first", NOW + 10 * lease.LASTS)


async def test_given_back_it_is_free_at_once(store: Database) -> None:
    await acquire(store, "first")
    await release(store, "first")
    assert await holder(store) is None
    assert await acquire(store, "second")


async def test_only_its_holder_gives_it_back(store: Database) -> None:
    await acquire(store, "first")
    await release(store, "second")
    assert await holder(store) == "first"


async def test_leases_of_different_names_are_independent(store: Database) -> None:
    assert await acquire(store, "first", name="one")
    assert await acquire(store, "second", name="other")
    assert await holder(store, name="one") == "first"
    assert await holder(store, name="other") == "second"


async def test_of_many_at_once_one_gets_it(store: Database) -> None:
    for round_number in range(5):
        name = f"work {round_number}"
        asked = [acquire(store, f"process {n}", name=name) for n in range(8)]
        assert (await asyncio.gather(*asked)).count(True) == 1


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_who_waits_for_the_first_to_commit_does_not_get_it(
    store: Database, database_url: str
) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as other:
        assert await other.run_sync(lambda c: lease.acquire(c, "work", "first", NOW))
        second = asyncio.create_task(acquire(store, "second"))
        while not await store.read(lambda c: c.scalar(LOCK_WAITS)):
            assert not second.done()
    assert await second is False
    await engine.dispose()
    assert await holder(store) == "first"


async def test_what_was_taken_while_a_clock_was_ahead_is_free_once_it_is_right(
    store: Database,
) -> None:
    await acquire(store, "first", NOW + timedelta(days=1))
    assert await holder(store) is None
    assert await acquire(store, "second")
    assert not await acquire(store, "first", NOW + MOMENT)


async def test_who_is_a_lease_behind_the_others_still_respects_theirs(store: Database) -> None:
    await acquire(store, "first", NOW + lease.LASTS)
    assert not await acquire(store, "second")
    assert await holder(store) == "first"


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_postgresqls_own_clock_decides_where_no_other_is_given(store: Database) -> None:
    async def asked(name: str) -> bool:
        return await store.write(lambda c: lease.acquire(c, "work", name, None))

    assert await asked("first")
    assert not await asked("second")
    assert await store.read(lambda c: lease.holder_of(c, "work", None)) == "first"
    later = text("UPDATE leases SET expires_at = clock_timestamp() + interval '1 day'")
    await store.write(lambda c: c.execute(later))
    assert await store.read(lambda c: lease.holder_of(c, "work", None)) is None
    assert await asked("second")
