"""What every test may ask for; database tests run on SQLite, on PostgreSQL, or on both."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from zlib import crc32

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from events.github.agents import COPILOT_ALONE, known_agents, settle_agents
from events.log import EventLog
from events.wake import Wake
from runtime import memory
from runtime.database import Database, open_database
from tests import absent, authorities
from tests.databases import PostgresTemplate, SqliteTemplate, sqlite_url
from tests.postgres import running_postgres
from tests.scheduling import Scheduling

BOTH = ("sqlite", "postgresql")
SOAK = bool(os.environ.get("SOAK"))  # long forms, too
EITHER = bool(os.environ.get("EITHER"))  # as `make test` has it
# Above the read models, each test is tried on one of them; by hand, and in `make soak`, on both.
# What asks one in its own way, as for locks, and what is to survive is marked `on_both`.
# What waits much goes beside what has a browser work: either begins at once.
LONGEST_FIRST = ("web", "loop/test_faults.py", "loop", "runtime", "attacks", "people", "golden")
ON_EITHER = {"api", "isolation", "people", "reactions", "runtime", "web"}


def pytest_configure(config: pytest.Config) -> None:
    """Let no property depend on how busy the machine is, nor on how a fixture is scoped.

    Fixtures here are databases and services; a property that writes to one makes its own keys.
    Whoever has an hour (``make soak``) tries many more examples, each time others; ``make test``,
    which also CI waits for, half as many as are tried by hand.
    """
    calm = (
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    )
    examples = 1000 if SOAK else 25 if EITHER else 50
    settings.register_profile(
        "project",
        max_examples=examples,
        derandomize=not SOAK,
        deadline=None,
        suppress_health_check=calm,
    )
    settings.load_profile("project")
    _log_plainly()
    authorities.forget()
    absent.remember()
    told = getattr(config, "workerinput", None)  # of a worker that runs beside others
    if told and [Path(each).resolve() for each in config.args] == [Path(__file__).parent]:
        _import_from_another_end(int(told["workerid"].removeprefix("gw")) / told["workercount"])


def _log_plainly() -> None:
    """Draw no frame with its variables for each exception that is logged, as structlog would."""
    plain = structlog.processors
    structlog.configure([plain.add_log_level, plain.format_exc_info, plain.KeyValueRenderer()])


def _import_from_another_end(place: float) -> None:
    """Load all tests, each worker beginning elsewhere, so that it finds what others compiled.

    Pytest compiles each module of tests anew to tell why an assertion fails, and keeps that. In a
    fresh clone all workers did it for all modules, since they went through them side by side.
    """
    root = Path(__file__).parents[1]
    paths = sorted(Path(__file__).parent.rglob("test_*.py"))
    names = [".".join(path.relative_to(root).with_suffix("").parts) for path in paths]
    begin = int(len(names) * place)
    for name in (*names[begin:], *names[:begin]):
        import_module(name)


def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many workers as there are processors: many tests wait, for processes mostly."""
    return (os.cpu_count() or 1) * 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Keep together what shares a browser, or else something that is made once."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long and waits, so that nobody waits for it alone in the end."""
    left = {item for item in items if EITHER and _is_tried_on_the_other(item)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(Path(__file__).parent)
    known = (place for place, of in enumerate(LONGEST_FIRST) if path.is_relative_to(of))
    return next(known, len(LONGEST_FIRST))


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


def _is_tried_on_the_other(item: pytest.Item) -> bool:
    """Draw for each test, and each of its examples, one of the databases, always the same."""
    room = _room(item)
    dialect = _dialect(item)
    if room not in ON_EITHER or dialect not in BOTH:
        return False
    if item.get_closest_marker("on_both"):
        return False
    if any("dialect" in mark.args[0] for mark in item.iter_markers("parametrize")):
        return False  # it says itself on which it runs
    name = item.nodeid.replace(dialect, "")
    return bool(BOTH[crc32(name.encode()) % len(BOTH)] != dialect)


def _dialect(item: pytest.Item) -> str:
    given = getattr(item, "callspec", None)
    return str(given.params.get("dialect", "any")) if given else "any"


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is loaded; looking at it took a seventh."""
    memory.settle()


@pytest.fixture(autouse=True)
def _reads_by_copilot_alone() -> Iterator[None]:
    """See that no test leaves a table of agents behind, by which the next one would read."""
    yield
    left = known_agents()
    settle_agents(COPILOT_ALONE)
    assert left == COPILOT_ALONE


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server: TEST_DATABASE_URL, or one started for this run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[PostgresTemplate]:
    template = PostgresTemplate(postgres_server)
    yield template
    template.drop_template()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(params=BOTH)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_database(
    dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """A function that gives the URL of one more fresh, migrated database."""
    if dialect == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        yield lambda: template.clone(tmp_path)
        return
    server: PostgresTemplate = request.getfixturevalue("postgres_template")
    made: list[str] = []

    def clone() -> str:
        made.append(server.clone(tmp_path))
        return made[-1]

    yield clone
    for url in made:
        server.drop(url)


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The URL of a fresh, migrated database."""
    return new_database()


@pytest.fixture
def empty_database_url(
    dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of a database without any table."""
    if dialect == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    server: PostgresTemplate = request.getfixturevalue("postgres_template")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
async def store(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """An open store over a fresh, migrated database."""
    assert anyio_backend
    database = open_database(database_url)
    yield database
    await database.close()


class Clock:
    """A clock that stands until told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(store: Database, clock: Clock) -> EventLog:
    """A log over the fresh store, with a clock that stands."""
    return EventLog(store, clock, Wake())
