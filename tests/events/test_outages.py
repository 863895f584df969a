"""What is told of an error: of an outage what the database said, of all else only its name."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from events.store import named
from runtime.database import open_database
from runtime.sentences import FORESEEN

GIVEN = "a payload"


@pytest.mark.anyio
async def test_an_outage_is_told_in_the_words_of_the_database(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}")  # a folder is no file
    try:
        with pytest.raises(FORESEEN) as caught:
            await database.write(lambda _connection: None)
    finally:
        await database.close()
    assert named(caught.value) == "OperationalError: unable to open database file"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(GIVEN),
        IntegrityError("INSERT", {}, ValueError(GIVEN)),
        InterfaceError("INSERT", {}, ValueError(f"invalid input for query argument $1: {GIVEN}")),
    ],
)
def test_what_may_quote_a_payload_is_only_named(error: Exception) -> None:
    assert named(error) == type(error).__name__


def test_it_stays_one_short_line() -> None:
    error = OperationalError("INSERT", {}, ConnectionError("away " * 100 + "\nDETAIL: more"))
    assert named(error) == "OperationalError: " + ("away " * 40)
