"""The command line: what it prints where, and how it ends."""

import asyncio
import json
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules
from uuid import uuid4

import pytest
import typer
import typer.main
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

import runtime.cli
from events.log import EventLog
from events.wake import Wake
from projections.registry import PROJECTIONS
from runtime.cli.main import app, main
from runtime.clock import now
from runtime.database import open_database
from runtime.sentences import sentence
from runtime.settings import Settings
from simulator.payloads import Payload
from simulator.payloads.deliveries import issues
from tests.databases import SqliteTemplate, sqlite_url
from tests.events.builders import an_event
from tests.service import PROGRAM, RECEIVER, SECRET, Started, environment, project, run, started

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
SCRIPT = Path(__file__).parents[2] / "scripts" / "replay.py"
PASSWORD = "hunter2"
EQUAL = "live rows equal rebuilt rows, up to position 6 of 6\n"
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    def content(self) -> Payload:
        """Return the JSON on standard output, which holds nothing else."""
        content: Payload = json.loads(self.out)
        return content

    def error(self, status: int = 1) -> str:
        """Assert that it failed with one line on standard error, and return that line."""
        assert self.status == status, self
        [line] = self.err.splitlines()
        assert line.startswith("error: ")
        assert "Traceback" not in line
        return line.removeprefix("error: ")


Command = Callable[..., Outcome]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Run a command in this process, in an empty folder, with these settings and no others."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("COLUMNS", "500")

    def call(*arguments: str, **settings: str) -> Outcome:
        for name in Settings.model_fields:
            monkeypatch.delenv(f"ORCHESTRATOR_{name.upper()}", raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(f"ORCHESTRATOR_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["copilot-orchestrator", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, written.out, written.err)

    return call


def change(url: str, work: Callable[[Connection], None]) -> None:
    """Write to a database behind the service's back."""

    async def write() -> None:
        database = open_database(url)
        try:
            await database.write(work)
        finally:
            await database.close()

    asyncio.run(write())


def filled(url: str, number: int) -> str:
    """Append deliveries to a database and project them; return its URL."""

    async def fill() -> None:
        database = open_database(url)
        try:
            log = EventLog(database, now, Wake())
            for count in range(number):
                await log.append(an_event(repository_id=count % 2 + 1))
            await project(database)
        finally:
            await database.close()

    asyncio.run(fill())
    return url


def test_the_installed_program_says_its_version(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        [PROGRAM, "--version"], cwd=tmp_path, capture_output=True, check=False, text=True
    )
    product = version("copilot-workflow-orchestrator")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{product}\n", "")


def test_the_commands_are_there() -> None:
    promised = {"init", "start", "demo", "doctor", "status", "migrate", "replay", "verify", "send"}
    assert promised | {"setup", "login", "logout", "token", "explain", "costs"} == set(COMMANDS)


def test_every_command_that_a_module_registers_is_listed() -> None:
    everything = typer.Typer()
    for found in iter_modules(runtime.cli.__path__, "runtime.cli."):
        module = import_module(found.name)
        if hasattr(module, "register"):
            module.register(everything)
    assert sorted(typer.main.get_group(everything).commands) == COMMANDS


def test_what_needs_no_server_and_no_github_loads_neither(tmp_path: Path) -> None:
    names = "fastapi", "githubkit", "simulator"
    ask = "import sys; from runtime.cli.main import app; import runtime.cli.running; "
    ask += "print('sqlalchemy' in sys.modules); import typer.main as t; "
    ask += "t.get_group(app).commands['status']; "
    ask += f"print([n for n in {names} if n in sys.modules])"
    loaded = subprocess.run(  # noqa: S603 (this interpreter)
        [sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, check=True, text=True
    )
    assert loaded.stdout == "False\n[]\n"  # and without a command, no database


class Impatient:
    """Presses Ctrl-C while the program is being loaded."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "runtime.cli.running":
            raise KeyboardInterrupt


def test_ctrl_c_while_it_is_loaded_ends_it_quietly(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "runtime.cli.running", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Impatient(), *sys.meta_path])
    outcome = command("status")
    assert (outcome.status, outcome.out, outcome.err) == (130, "", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(command: Command, name: str) -> None:
    shown = command(name, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert f"copilot-orchestrator {name}" in shown.out
    assert "--help" in shown.out
    described = [line for line in shown.out.splitlines() if line.strip().endswith(".")]
    assert described


def test_the_program_lists_its_commands(command: Command) -> None:
    shown = command("--help")
    assert shown.status == 0
    assert all(f" {name} " in shown.out for name in COMMANDS)


def test_without_a_command_the_program_explains_itself(command: Command) -> None:
    shown = command()
    assert (shown.status, shown.err) == (2, "")
    assert shown.out.strip() == command("--help").out.strip()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("conquer",), "conquer"),
        (("status", "--loudly"), "--loudly"),
        (("start", "--port", "70000"), "--port"),
        (("start", "--role"), "--role"),
        (("start", "--role", "king"), "'--role': 'king' is not one of"),
        (("demo", "--issues", "0"), "--issues"),
        (("demo", "--speed", "0"), "--speed"),
        (("demo", "--seed", "-1"), "--seed"),
        (("send",), "file"),
        (("verify", "--anchor", "2"), "POSITION:HASH"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(
    command: Command, arguments: tuple[str, ...], named: str
) -> None:
    outcome = command(*arguments)
    assert named in outcome.error(2)
    assert outcome.out == ""


@pytest.mark.parametrize("name", ["status", "migrate", "verify", "replay"])
@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_database_that_does_not_answer_is_called_so(
    command: Command, name: str, host: str
) -> None:
    error = command(name, database_url=f"postgresql+asyncpg://root@{host}/log").error()
    assert error.startswith("the database does not answer: ")
    assert "Errno" not in error


def settings_in(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_init_writes_fresh_secrets_that_only_the_owner_may_read(command: Command) -> None:
    assert command("init").status == 0
    file = Path(".env")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = settings_in(file)
    secrets = [written["ORCHESTRATOR_WEBHOOK_SECRET"], written["ORCHESTRATOR_ADMIN_TOKEN"]]
    assert all(len(secret) >= 32 for secret in secrets)
    settings = Settings()
    assert [each.value for each in settings.webhook_secrets] == [secrets[0].encode()]
    assert settings.admin_token.get_secret_value() == secrets[1]
    assert command("init", "--file", "second").status == 0
    other = settings_in(Path("second"))
    drawn = {*secrets, other["ORCHESTRATOR_WEBHOOK_SECRET"], other["ORCHESTRATOR_ADMIN_TOKEN"]}
    assert len(drawn) == 4


def test_init_does_not_show_the_secrets(command: Command) -> None:
    outcome = command("init")
    secrets = settings_in(Path(".env")).values()
    assert not [secret for secret in secrets if secret in outcome.out + outcome.err]


@pytest.mark.parametrize("name", ["[/env]", "[red]env", ":smile:"])
def test_a_file_is_shown_as_it_is_named(command: Command, name: str) -> None:
    Path("[").mkdir()
    outcome = command("init", "--file", name)
    assert (outcome.status, outcome.err.split(",")[0]) == (0, f"wrote {name}")


@pytest.mark.parametrize("content", ["", "ORCHESTRATOR_ADMIN_TOKEN=kept\n"])
def test_init_never_overwrites(command: Command, content: str) -> None:
    Path(".env").write_text(content)
    assert "exists" in command("init").error()
    assert Path(".env").read_text() == content


@pytest.mark.parametrize(
    "content",
    [
        "",
        "ORCHESTRATOR_ADMIN_TOKEN=kept",
        "# ORCHESTRATOR_SECRET_KEY=commented\nORCHESTRATOR_SECRET_KEY=\n",
    ],
)
def test_what_a_newer_release_needs_is_added_to_an_older_file(
    command: Command, content: str
) -> None:
    Path(".env").write_text(content)
    assert "ORCHESTRATOR_SECRET_KEY" in command("init", "--add-missing").err
    added = Path(".env").read_text()
    assert added.startswith(content)
    [key] = Settings().secret_keys
    assert len(key) >= 32
    assert "nothing was changed" in command("init", "--add-missing").err
    assert Path(".env").read_text() == added


@pytest.mark.parametrize("name", ["ORCHESTRATOR_SECRET_KEY", "export orchestrator_secret_key"])
def test_a_key_that_is_there_is_never_replaced(command: Command, name: str) -> None:
    content = f"{name}='mine, older'\n"
    Path(".env").write_text(content)
    outcome = command("init", "--add-missing")
    assert (outcome.status, Path(".env").read_text()) == (0, content)
    assert Settings().secret_keys == (b"mine", b"older")


def test_without_a_file_what_is_missing_is_all_of_it(command: Command) -> None:
    assert command("init", "--add-missing").status == 0
    assert "ORCHESTRATOR_WEBHOOK_SECRET" in settings_in(Path(".env"))
    assert len(Settings().secret_keys) == 1


def test_nothing_is_added_to_what_is_no_text(command: Command) -> None:
    Path("other").write_bytes(b"\xff")
    told = command("init", "--file", "other", "--add-missing").error()
    assert told == "other is not UTF-8 text; nothing was changed"


def test_init_says_why_it_cannot_write(command: Command) -> None:
    assert "nowhere" in command("init", "--file", "nowhere/.env").error()


@pytest.mark.parametrize("name", ["status", "migrate", "verify", "replay"])
@pytest.mark.parametrize(
    "url",
    [
        f"mysql://root:{PASSWORD}@host/log",
        f"postgresql://root:{PASSWORD}@host/log",
        f"postgresql+asyncpg://root:{PASSWORD}@127.0.0.1:1/log",
        f"root:{PASSWORD}@host",
        "sqlite+aiosqlite://",
    ],
)
def test_a_bad_database_url_is_one_line_without_the_password(
    command: Command, name: str, url: str
) -> None:
    outcome = command(name, database_url=url)
    assert outcome.error()
    assert outcome.out == ""
    assert PASSWORD not in outcome.err


@pytest.mark.parametrize("name", ["status", "verify", "replay"])
def test_where_there_is_no_database_none_is_made(command: Command, name: str) -> None:
    outcome = command(name, database_url="sqlite+aiosqlite:///./data/log.db")
    assert "copilot-orchestrator migrate" in outcome.error()
    assert not Path("data").exists()


def test_a_database_without_tables_is_not_migrated_by_looking(
    command: Command, empty_database_url: str
) -> None:
    change(empty_database_url, lambda connection: connection.execute(text("SELECT 1")).close())
    for name in ("status", "verify", "replay"):
        outcome = command(name, database_url=empty_database_url)
        assert "copilot-orchestrator migrate" in outcome.error()


def test_a_bad_setting_is_named_and_not_quoted(command: Command) -> None:
    outcome = command("status", log_level=PASSWORD)
    assert "ORCHESTRATOR_LOG_LEVEL" in outcome.error()
    assert PASSWORD not in outcome.err
    outcome = command("start", log_format=PASSWORD)
    assert "ORCHESTRATOR_LOG_FORMAT" in outcome.error()
    assert PASSWORD not in outcome.err


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log_level", "'debug', 'info', 'warning' or 'error'"),
        ("github_api_url", "https://HOST"),
        ("public_url", "https://HOST, without a path"),
    ],
)
def test_a_bad_setting_is_told_with_what_would_fit(
    command: Command, name: str, expected: str
) -> None:
    assert expected in command("status", **{name: "nonsense"}).error()


def test_a_settings_file_that_is_no_text_is_named(command: Command) -> None:
    Path(".env").write_bytes(b"ORCHESTRATOR_ADMIN_TOKEN=\xff")
    assert ".env is not UTF-8 text" in command("status").error()


def test_a_nul_in_the_settings_file_is_told(command: Command) -> None:
    Path(".env").write_bytes(b"ORCHESTRATOR_DATABASE_URL=sqlite+aiosqlite:///a\0b\n")
    assert command("migrate").error().startswith("ORCHESTRATOR_DATABASE_URL: it has a NUL")


@pytest.mark.parametrize("name", ["status", "migrate"])
def test_a_folder_for_a_database_is_told_with_what_to_do(command: Command, name: str) -> None:
    Path("log.db").mkdir()
    error = command(name, database_url="sqlite+aiosqlite:///log.db").error()
    assert "ORCHESTRATOR_DATABASE_URL names a file" in error


def test_a_database_that_may_not_be_written_is_told_with_what_to_do() -> None:
    cause = sqlite3.OperationalError("attempt to write a readonly database")
    told = sentence(OperationalError("PRAGMA", None, cause))
    assert told.endswith("and that it and its folder may be written to")


def test_start_says_when_the_port_is_taken(tmp_path: Path, sqlite_template: SqliteTemplate) -> None:
    url = sqlite_template.clone(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path, "start", "--port", str(port), database_url=url)
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line == f"error: cannot listen on 127.0.0.1:{port}: Address already in use"


@pytest.mark.parametrize("host", ["nowhere.invalid", "h" * 64])
def test_start_says_when_the_host_is_none(tmp_path: Path, host: str) -> None:
    done = run(
        tmp_path, "start", "--host", host, "--port", "0", database_url="sqlite+aiosqlite:///log.db"
    )
    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith(f"error: cannot listen on {host}:0: ")


def test_start_says_when_the_database_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://root:{PASSWORD}@127.0.0.1:1/log"
    done = run(tmp_path, "start", "--port", "0", database_url=url)
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith("error: ")
    assert PASSWORD not in line


def test_migrate_tells_from_where_to_where(command: Command, empty_database_url: str) -> None:
    first = command("migrate", "--json", database_url=empty_database_url)
    again = command("migrate", "--json", database_url=empty_database_url)
    newest = first.content()["after"]
    assert (first.status, first.err) == (again.status, again.err) == (0, "")
    assert first.content() == {"before": None, "after": newest}
    assert again.content() == {"before": newest, "after": newest}
    assert newest in command("migrate", database_url=empty_database_url).out
    status = command("status", "--json", database_url=empty_database_url)
    assert status.content()["head"]["position"] == 0


def test_migrate_leaves_the_database_of_a_newer_release_alone(
    command: Command, database_url: str
) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    change(database_url, lambda connection: connection.execute(newer).close())
    error = command("migrate", database_url=database_url).error()
    assert "9999" in error
    assert "newer release; upgrade" in error


def test_status_tells_how_far_everything_is(command: Command, database_url: str) -> None:
    filled(database_url, 3)
    outcome = command("status", "--json", database_url=database_url)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.content()["head"]["position"] == 3
    assert outcome.content()["projections"] == [
        {
            "name": projection.name,
            "position": 3,
            "lag": 0,
            "parked": 0,
            "newer": False,
            "building": None,
        }
        for projection in PROJECTIONS
    ]
    shown = command("status", database_url=database_url)
    assert shown.out.startswith("log: 3 events")
    assert all(projection.name in shown.out for projection in PROJECTIONS)


def test_status_of_an_empty_log_makes_up_no_newest_event(
    command: Command, database_url: str
) -> None:
    shown = command("status", database_url=database_url)
    assert shown.out.splitlines()[0] == "log: 0 events"


def test_verify_says_that_a_log_is_sound_and_gives_an_anchor(
    command: Command, database_url: str
) -> None:
    filled(database_url, 3)
    outcome = command("verify", "--json", database_url=database_url)
    assert (outcome.status, outcome.err) == (0, "")
    verdict = outcome.content()
    assert verdict["sound"] is True
    assert (verdict["events"], verdict["broken_at"], verdict["problems"]) == (3, None, [])
    shown = command("verify", database_url=database_url)
    assert shown.status == 0
    anchor = shown.out.splitlines()[-1]
    assert anchor == f"3:{verdict['head']['hash']}"
    assert command("verify", "--anchor", anchor, database_url=database_url).status == 0
    noted = command("verify", "--anchor", f"2:{'0' * 64}", database_url=database_url)
    assert "another hash than noted" in noted.error()
    assert command("verify", "--anchor", "2", database_url=database_url).status == 2


def test_the_anchor_of_an_empty_log_holds_ever_after(command: Command, database_url: str) -> None:
    anchor = command("verify", database_url=database_url).out.splitlines()[-1]
    assert command("verify", "--anchor", anchor, database_url=database_url).status == 0
    filled(database_url, 1)
    assert command("verify", "--anchor", anchor, database_url=database_url).status == 0
    other = command("verify", "--anchor", f"0:{'1' * 64}", database_url=database_url)
    assert "noted elsewhere" in other.error()


UNLOCK = {
    "sqlite": "DROP TRIGGER events_refuse_update",
    "postgresql": "ALTER TABLE events DISABLE TRIGGER events_refuse_change",
}


def test_verify_finds_a_tampered_row(command: Command, database_url: str, dialect: str) -> None:
    filled(database_url, 5)

    def tamper(connection: Connection) -> None:
        found = "SELECT sql FROM sqlite_master WHERE name = 'events_refuse_update'"
        lock = connection.scalar(text(found)) if dialect == "sqlite" else LOCK
        connection.execute(text(UNLOCK[dialect]))
        connection.execute(text("UPDATE events SET actor_login = 'eve' WHERE position = 3"))
        connection.execute(text(lock))

    change(database_url, tamper)
    plain = command("verify", database_url=database_url)
    assert plain.error() == "position 3 is not as it was recorded"
    outcome = command("verify", "--json", database_url=database_url)
    assert outcome.error() == plain.error()
    assert outcome.content()["sound"] is False
    assert outcome.content()["broken_at"] == 3


LOCK = "ALTER TABLE events ENABLE ALWAYS TRIGGER events_refuse_change"


def test_replay_builds_again_and_check_finds_what_differs(
    command: Command, database_url: str
) -> None:
    filled(database_url, 6)
    sound = command("replay", "--check", "--json", database_url=database_url)
    assert (sound.status, sound.err) == (0, "")
    assert sound.content() == {"differences": [], "counts": {}, "position": 6, "head": 6}
    change(
        database_url,
        lambda connection: connection.execute(
            text("UPDATE repositories SET event_count = 99 WHERE id = 2")
        ).close(),
    )
    plain = command("replay", "--check", database_url=database_url)
    assert (plain.status, plain.out) == (1, "")
    *shown, last = plain.err.splitlines()
    assert shown == [
        "repositories [2]",
        "  event_count, live:    99",
        "  event_count, rebuilt: 3",
    ]
    assert last.startswith("error: 1 rows differ")
    outcome = command("replay", "--check", "--json", database_url=database_url)
    assert outcome.error()
    [difference] = outcome.content()["differences"]
    assert (difference["projection"], difference["key"]) == ("repositories", ["2"])
    assert (difference["live"]["event_count"], difference["rebuilt"]["event_count"]) == (99, 3)
    mended = command("replay", "--json", database_url=database_url)
    assert (mended.status, mended.err) == (0, "")
    names = [projection.name for projection in PROJECTIONS]
    assert mended.content() == {"projections": names, "position": 6}
    sound = command("replay", "--check", database_url=database_url)
    assert (sound.status, sound.out, sound.err) == (0, EQUAL, "")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_script_of_the_checkout_does_the_same(database_url: str, tmp_path: Path) -> None:
    filled(database_url, 6)
    done = the_script(tmp_path, database_url)
    assert (done.returncode, done.stdout, done.stderr) == (0, EQUAL, "")


def test_a_check_shows_the_first_differences_of_each_table_and_counts_the_rest(
    command: Command, database_url: str
) -> None:
    filled(database_url, 60)
    change(database_url, lambda c: c.execute(text("UPDATE event_index SET type = '?'")).close())
    change(database_url, lambda c: c.execute(text("DELETE FROM repositories WHERE id = 2")).close())
    lines = command("replay", "--check", database_url=database_url).err.splitlines()
    assert "  live:    no such row; rebuilt: {'id': 2," in lines[1]
    assert len([line for line in lines if line.startswith("event_index [")]) == 20
    assert lines[-2:] == [
        "event_index: 40 more rows differ",
        "error: 61 rows differ from what the log says; run replay to mend them",
    ]
    found = command("replay", "--check", "--json", database_url=database_url)
    counts = {"repositories": 1, "event_index": 60}
    assert (found.status, found.content()["counts"]) == (1, counts)
    assert len(found.content()["differences"]) == 21


def the_script(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Run ``scripts/replay.py --check`` of the checkout, in another folder."""
    return subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, SCRIPT, "--check"],
        cwd=folder,
        env=environment(url),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )


def at_position(url: str, name: str, position: int) -> None:
    moved = text("UPDATE projection_checkpoints SET position = :position WHERE name = :name")
    values = {"position": position, "name": name}
    change(url, lambda connection: connection.execute(moved, values).close())


def appended(url: str, number: int) -> None:
    """Append deliveries that nobody projects."""

    async def append() -> None:
        database = open_database(url)
        try:
            await EventLog(database, now, Wake()).append(*[an_event() for _ in range(number)])
        finally:
            await database.close()

    asyncio.run(append())


def test_a_check_says_how_far_the_live_rows_reflect_the_log(
    command: Command, database_url: str
) -> None:
    appended(filled(database_url, 3), 2)
    shown = command("replay", "--check", database_url=database_url)
    assert (shown.status, shown.err) == (0, "")
    assert shown.out == "live rows equal rebuilt rows, up to position 3 of 5\n"


def test_a_check_of_what_reflects_nothing_fails(command: Command, database_url: str) -> None:
    at_position(filled(database_url, 3), "repositories", 0)
    for options in ((), ("--json",), ("repositories",)):
        outcome = command("replay", "--check", *options, database_url=database_url)
        assert outcome.error() == (
            "repositories reflects nothing of the log yet; start the service, or run replay"
        )
        assert outcome.out == ""
    assert command("replay", "--check", "activity", database_url=database_url).status == 0


def test_an_empty_log_equals_its_projections(command: Command, database_url: str) -> None:
    shown = command("replay", "--check", database_url=database_url)
    assert shown.out == "live rows equal rebuilt rows, up to position 0 of 0\n"


def test_replay_can_be_told_which(command: Command, database_url: str) -> None:
    filled(database_url, 3)
    one = command("replay", "activity", "--json", "--batch", "1", database_url=database_url)
    assert one.content() == {"projections": ["activity"], "position": 3}
    assert "activity" in command("replay", "activity", database_url=database_url).out
    unknown = command("replay", "horoscope", database_url=database_url).error()
    assert "'horoscope'" in unknown
    assert "activity" in unknown


def test_replay_builds_into_a_database_of_its_own_as_it_was(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    filled(database_url, 6)
    file = tmp_path / "then.db"
    then = ("replay", "--into", sqlite_url(file), "--json", "--until")
    assert command(*then, "2", database_url=database_url).content()["position"] == 2
    assert look_at(file) == (2, 0)
    assert command(*then, "4", database_url=database_url).content()["position"] == 4
    assert look_at(file) == (4, 0)
    assert "position 4, by version" in command(*then, "3", database_url=database_url).error()
    assert "ends at position 6" in command(*then, "7", database_url=database_url).error()
    assert "takes a position" in command(*then, "yesterday", database_url=database_url).error(2)
    ahead = command(*then, "2999-01-01T00:00:00Z", database_url=database_url)
    assert (ahead.content()["position"], look_at(file)) == (6, (6, 0))
    itself = command("replay", "--into", database_url, database_url=database_url)
    assert "a log of its own" in itself.error()
    for none in ("", "nonsense"):  # an empty one is no wish to build what is shown
        other = command("replay", "--into", none, database_url=database_url)
        assert other.error().startswith("--into is something that is not a URL")
    assert "needs --into" in command("replay", "--until", "2", database_url=database_url).error(2)


def test_jobs_are_as_many_as_make_sense_and_for_what_is_shared(
    command: Command, database_url: str
) -> None:
    filled(database_url, 3)
    assert command("replay", "--jobs", "3", "--json", database_url=database_url).status == 0
    for few in ("0", "-1", "65", "many"):
        wrong = command("replay", "--jobs", few, database_url=database_url).error(2)
        assert "--jobs" in wrong
    for other in (("--check",), ("--into", "sqlite+aiosqlite:///other.db")):
        refused = command("replay", *other, "--jobs", "2", database_url=database_url).error(2)
        assert "are done by one process: leave out --jobs" in refused


def look_at(file: Path) -> tuple[int, int]:
    """How many events repositories counted there, and how long its own log is."""
    with closing(sqlite3.connect(file)) as connection:
        counted = connection.execute("SELECT sum(event_count) FROM repositories").fetchone()[0]
        return counted, connection.execute("SELECT position FROM log_head").fetchone()[0]


def test_what_this_release_changed_is_built_ahead_and_left_to_its_start(
    command: Command, database_url: str
) -> None:
    filled(database_url, 3)
    nothing = command("replay", "--build-ahead", database_url=database_url)
    assert nothing.out.startswith("there is nothing to build")
    older = text("UPDATE projection_checkpoints SET version = version - 1 WHERE name = 'activity'")
    change(database_url, lambda connection: connection.execute(older).close())
    built = command("replay", "--build-ahead", "--json", database_url=database_url)
    assert built.content() == {"projections": ["activity"], "position": 3}
    shown = command("status", "--json", database_url=database_url).content()["projections"]
    assert [each["building"] for each in shown if each["name"] == "activity"] == [3]


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate
) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("send")
    with started(folder, sqlite_template.clone(folder)) as service:
        yield service


@pytest.fixture
def payload(tmp_path: Path) -> str:
    file = tmp_path / "payload.json"
    file.write_text(json.dumps(issues(), indent=2))
    return str(file)


def test_send_posts_a_payload_as_github_would(
    command: Command, service: Started, payload: str
) -> None:
    guid = str(uuid4())

    def send(*options: str) -> Outcome:
        to = ("--event", "issues", "--url", service.url + RECEIVER)
        return command("send", payload, *to, *options, webhook_secret=SECRET)

    first = send("--delivery", guid, "--json")
    assert (first.status, first.err) == (0, "")
    assert first.content()["status"] == "accepted"
    assert first.content()["delivery_id"] == guid
    again = send("--delivery", guid.upper(), "--json")
    assert again.status == 0
    assert again.content() == first.content() | {"status": "duplicate"}
    another = send()
    assert another.status == 0
    assert another.content()["status"] == "accepted"
    assert another.content()["position"] > first.content()["position"]


def test_send_signs_with_the_first_of_several_secrets(
    command: Command, service: Started, payload: str
) -> None:
    to = ("--event", "issues", "--url", service.url + RECEIVER)
    assert command("send", payload, *to, webhook_secret=f"{SECRET},old").status == 0
    assert command("send", payload, *to, webhook_secret=f"old,{SECRET}").status == 1


def test_send_says_why_a_delivery_was_refused(
    command: Command, service: Started, payload: str
) -> None:
    to = ("--event", "issues", "--url", service.url + RECEIVER)
    plain = command("send", payload, *to, webhook_secret="wrong")
    assert plain.error().startswith("401 from ")
    assert plain.out == ""
    outcome = command("send", payload, *to, "--json", webhook_secret="wrong")
    assert outcome.error() == plain.error()
    assert outcome.content()["code"] == "signature_wrong"


@pytest.mark.parametrize("path", ["", "/", "/api/events"])
def test_send_says_where_the_receiver_is_to_who_names_another_place(
    command: Command, service: Started, payload: str, path: str
) -> None:
    to = ("--event", "issues", "--url", service.url + path)
    error = command("send", payload, *to, webhook_secret=SECRET).error()
    assert error.startswith(("404 from ", "405 from "))
    assert error.rstrip().endswith(f"try --url {service.url}{RECEIVER}")


def test_send_needs_a_secret(command: Command, payload: str) -> None:
    assert "ORCHESTRATOR_WEBHOOK_SECRET" in command("send", payload, "--event", "ping").error()


def test_send_says_when_nothing_listens(command: Command, payload: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    url = f"http://127.0.0.1:{port}{RECEIVER}"
    outcome = command("send", payload, "--event", "ping", "--url", url, webhook_secret=SECRET)
    assert url in outcome.error()
    url = f"http://{'h' * 64}/"
    outcome = command("send", payload, "--event", "ping", "--url", url, webhook_secret=SECRET)
    assert url in outcome.error()


@pytest.mark.parametrize("event", ["\u00e9", "", "pull request", "ping\n", "a" * 101])
def test_send_refuses_what_names_no_event(command: Command, payload: str, event: str) -> None:
    outcome = command("send", payload, "--event", event, webhook_secret=SECRET)
    assert "--event" in outcome.error(2)


@pytest.mark.parametrize("url", ["http://", "nonsense", "ftp://here/", "http://here:port/"])
def test_send_refuses_what_is_no_address(command: Command, payload: str, url: str) -> None:
    outcome = command("send", payload, "--event", "ping", "--url", url, webhook_secret=SECRET)
    assert "--url" in outcome.error(2)
    assert url in outcome.err


def test_send_says_when_there_is_no_such_file(command: Command) -> None:
    outcome = command("send", "nowhere.json", "--event", "ping", webhook_secret=SECRET)
    assert outcome.error() == "No such file or directory: 'nowhere.json'"
