"""A session ends by itself: unused for a week, or a month after it began."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from people import sessions
from people.secrets import new_secret
from people.sessions import IDLE, LONGEST, Session
from runtime.database import Database

pytestmark = pytest.mark.anyio

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


async def begun(store: Database) -> str:
    secret = new_secret()
    session = Session(
        id=uuid4(),
        user_id=7,
        login="ada",
        agent="a browser",
        made_with=None,
        began_at=BEGAN,
        began_behind=0,
        used_at=BEGAN,
        ends_at=BEGAN + LONGEST,
    )
    await store.write(lambda connection: sessions.begin(connection, secret, session))
    return secret


async def found(store: Database, secret: str, now: datetime) -> Session | None:
    return await store.read(lambda connection: sessions.find(connection, secret, now))


async def use(store: Database, session: Session, now: datetime) -> None:
    await store.write(lambda connection: sessions.touch(connection, session, now))


async def test_who_does_not_come_for_a_week_is_signed_out(store: Database) -> None:
    secret = await begun(store)
    assert timedelta(days=7) == IDLE
    assert await found(store, secret, BEGAN + IDLE - timedelta(seconds=1))
    assert await found(store, secret, BEGAN + IDLE) is None


async def test_who_comes_daily_is_signed_out_after_a_month(store: Database) -> None:
    secret = await begun(store)
    assert timedelta(days=30) == LONGEST
    for day in range(1, 30):
        now = BEGAN + timedelta(days=day)
        session = await found(store, secret, now)
        assert session is not None
        await use(store, session, now)
    assert await found(store, secret, BEGAN + LONGEST) is None


def test_nobody_guesses_one_and_no_two_are_alike() -> None:
    drawn = {new_secret() for _ in range(1000)}
    assert len(drawn) == 1000
    assert {len(each) for each in drawn} == {43}  # 256 bits in base64
