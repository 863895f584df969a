"""What nobody else on the machine may read, also where a folder or a file was there before."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from runtime.database import open_database
from runtime.migrate import migrate
from runtime.private_files import keep_database_private, make_private_file, take_from_others
from tests.databases import SqliteTemplate, sqlite_url
from tests.service import started

pytestmark = pytest.mark.anyio

BESIDE = ("", "-wal", "-shm")  # what there is while it is open


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def use(file: Path) -> list[int]:
    """Write to a database and return the modes of its files while it is open."""
    database = open_database(sqlite_url(file))
    try:
        await migrate(database)
        await database.write(lambda connection: connection.exec_driver_sql("CREATE TABLE more (n)"))
        return [mode(file.with_name(file.name + suffix)) for suffix in BESIDE]
    finally:
        await database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that others may enter, as a person makes one."""
    made = tmp_path / "data"
    made.mkdir()
    made.chmod(0o755)
    return made


async def test_a_database_is_its_owners_in_a_folder_that_was_there(folder: Path) -> None:
    assert await use(folder / "log.db") == [0o600] * 3
    assert mode(folder) == 0o700


async def test_one_that_others_could_read_no_longer_is_theirs(
    folder: Path, sqlite_template: SqliteTemplate
) -> None:
    file = Path(sqlite_template.clone(folder).partition(":///")[2])
    for suffix in BESIDE:
        there = file.with_name(file.name + suffix)
        there.touch()
        there.chmod(0o664)
    assert await use(file) == [0o600] * 3


def test_what_was_left_beside_it_is_not_open_to_others_for_a_moment(folder: Path) -> None:
    """Who was killed left it there, with what was written last."""
    left = [folder / f"log.db{suffix}" for suffix in (*BESIDE, "-journal")]
    for each in left:
        each.touch()
        each.chmod(0o664)
    keep_database_private(left[0])
    assert [mode(each) for each in left] == [0o600] * 4


def test_a_new_one_is_its_owners_from_the_first_moment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.private_files.take_from_others", lambda _path: False)
    make_private_file(folder / "log.db")
    assert mode(folder / "log.db") == 0o600


def test_a_folder_of_somebody_else_stays_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + 1)
    make_private_file(folder / "log.db")
    keep_database_private(folder / "log.db")
    assert (mode(folder), mode(folder / "log.db")) == (0o755, 0o600)


async def test_what_is_no_database_stays_as_it_is(folder: Path) -> None:
    """A path may be mistaken, as /etc/passwd, and the service be root's."""
    (folder / "log.db").write_text("no database\n" * 99)
    (folder / "log.db").chmod(0o644)
    with pytest.raises(DatabaseError, match="file is not a database"):
        await use(folder / "log.db")
    assert (mode(folder), mode(folder / "log.db")) == (0o755, 0o644)


async def test_a_folder_that_is_not_for_data_alone_stays_as_it_is(folder: Path) -> None:
    (folder / "src").mkdir()
    assert await use(folder / "log.db") == [0o600] * 3
    assert mode(folder) == 0o755
    for shared in (folder / "tmp", folder / "src"):
        shared.mkdir(exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    await use(folder / "tmp" / "log.db")
    assert mode(folder / "tmp") == 0o1777


async def test_a_folder_that_is_made_is_its_owners(tmp_path: Path) -> None:
    assert await use(tmp_path / "made" / "here" / "log.db") == [0o600] * 3
    assert mode(tmp_path / "made" / "here") == 0o700


async def test_another_process_that_comes_and_goes_leaves_the_write_ahead_log_alone(
    tmp_path: Path,
) -> None:
    """Who opens a file and closes it lets go of all locks of its process, and so did we."""
    file = tmp_path / "log.db"
    database = open_database(sqlite_url(file))
    try:
        await migrate(database)
        await database.read(lambda connection: connection.exec_driver_sql("SELECT 1").close())
        assert look_at(file, "SELECT count(*) FROM log_head") == "1"
        await database.write(lambda connection: connection.exec_driver_sql("CREATE TABLE more (n)"))
        found = look_at(file, "SELECT count(*) FROM sqlite_master WHERE name = 'more'")
    finally:
        await database.close()
    assert found == "1"


def look_at(file: Path, query: str) -> str:
    """Ask a database for a number, from another process."""
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "print(c.execute(sys.argv[2]).fetchone()[0]); c.close()"
    )
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", program, file, query], capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def test_only_the_rights_of_others_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o444)
    assert take_from_others(file)
    assert mode(file) == 0o400
    assert not take_from_others(file)
    assert not take_from_others(tmp_path / "absent")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_the_settings_are_their_owners_once_it_started(
    database_url: str, tmp_path: Path
) -> None:
    settings = tmp_path / "there" / ".env"
    settings.parent.mkdir()
    settings.write_text("ORCHESTRATOR_LOG_LEVEL=info\n")
    settings.chmod(0o644)
    with started(tmp_path, database_url, home="there") as service:
        assert "others could read .env" in service.log.read_text()
    assert mode(settings) == 0o600
    assert os.access(settings, os.R_OK)
