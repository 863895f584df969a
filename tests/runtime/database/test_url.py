"""A wrong database URL is refused with a sentence that helps, and never with the password."""

import stat
import traceback
from pathlib import Path

import pytest

from runtime.database import open_database
from runtime.database.url import DatabaseUrlError, parse_url, sqlite_file

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "is something that is not a URL; write it as sqlite"),
        (SECRET, "is something that is not a URL; write it as sqlite"),
        (f"postgresql+asyncpg:{SECRET}", "not a URL"),
        (f"postgresql+asyncpg://u:{SECRET}@host:port/db", "not a URL"),
        (f"postgresql+asyncpg://u:x@y:{SECRET}@host/db", "not a URL"),
        (f"postgresql+asyncpg://u:x@{SECRET}@host/db", "write it as %40"),
        (f"postgresql://u:{SECRET}@host/db", "is postgresql://…; write it as sqlite"),
        (f"postgresql+psycopg://u:{SECRET}@host/db", r"is postgresql\+psycopg://…"),
        (f"mysql://u:{SECRET}@host/db", "is mysql://…"),
        ("sqlite:///log.db", r"is sqlite://…; write it as sqlite\+aiosqlite:///"),
        ("sqlite+aiosqlite://", "needs a file"),
        ("sqlite+aiosqlite:///", "needs a file"),
        ("sqlite+aiosqlite:///:memory:", "needs a file"),
        ("sqlite+aiosqlite://data/log.db", "needs a file, as in sqlite.*:///"),  # two slashes
        (f"postgresql+asyncpg://u:{SECRET}@host:99999/db", "port must be from 1 to 65535"),
        (f"postgresql+asyncpg://u:{SECRET}@host:0/db", "port must be from 1 to 65535"),
        (f"postgresql+asyncpg://u:{SECRET}@{'h' * 64}/db", "host is no name"),
        (f"postgresql+asyncpg://u:{SECRET}@host/db?sslmode=require", "its driver calls it ssl"),
        (f"postgresql+asyncpg://u:{SECRET}@host/db?ssl=banana", "ssl in the database URL must be"),
        (f"postgresql+asyncpg://u@host/db?loop={SECRET}", "nothing but host, port, user"),
        (f"postgresql+asyncpg://host/db?password={SECRET}", "nothing but host, port, user"),
        ("postgresql+asyncpg:///db?prepared_statement_cache_size=x", "must be a number"),
        ("sqlite+aiosqlite:///log.db?mode=ro", "leave out the"),
    ],
)
def test_a_wrong_url_is_refused_without_its_password(url: str, expected: str) -> None:
    with pytest.raises(DatabaseUrlError, match=expected) as caught:
        open_database(url)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_an_open_database_shows_its_url_without_the_password() -> None:
    url = parse_url(f"postgresql+asyncpg://u:{SECRET}@host:5433/db")
    assert (url.password, url.port) == (SECRET, 5433)
    assert SECRET not in f"{url!r} {url}"


@pytest.mark.parametrize("how", ["require", "verify-full", "verify_full"])
def test_a_url_may_say_how_the_connection_is_encrypted(how: str) -> None:
    assert parse_url(f"postgresql+asyncpg://u@host/db?ssl={how}").query == {"ssl": how}


def test_a_url_may_name_a_socket_and_a_user_behind_its_question_mark() -> None:
    text = "postgresql+asyncpg:///db?host=/run/pg&user=u&prepared_statement_cache_size=0"
    assert parse_url(text).query["user"] == "u"


def test_a_password_may_have_any_character_that_is_written_in_percent() -> None:
    assert parse_url("postgresql+asyncpg://u:%40%2F%3A%25@host/db").password == "@/:%"


def test_the_file_of_an_sqlite_url_is_relative_or_absolute() -> None:
    assert sqlite_file(parse_url("sqlite+aiosqlite:///./data/log.db")) == Path("data/log.db")
    assert sqlite_file(parse_url("sqlite+aiosqlite:////data/log.db")) == Path("/data/log.db")
    assert sqlite_file(parse_url("postgresql+asyncpg://host/db")) is None


@pytest.mark.anyio
async def test_the_folder_of_the_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}/new/folder/log.db")
    await database.close()
    assert stat.S_IMODE((tmp_path / "new" / "folder").stat().st_mode) == 0o700
