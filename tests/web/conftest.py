"""What tests of the dashboard may ask for: one browser a worker, one history a run.

A test that asks for ``visit`` runs in the browser's own thread: what drives the browser there has
an event loop that never stops, beside which no other test could run one.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.databases import PostgresTemplate, SqliteTemplate
from tests.service import started, until
from tests.web.browser import Chromium, Visitor, chromium
from tests.web.history import copied_to, history_in
from tests.web.site import Site, signed_in


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that visits pages where the browser is."""
    visitor = pyfuncitem.funcargs.get("visit")
    if not isinstance(visitor, Visitor):
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}  # noqa: SLF001 (there is no other way to know what a test itself asks for)
    visitor.chromium.run(partial(pyfuncitem.obj, **wanted))
    return True


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Start Debian's Chromium; a test fails without, with the sentence how to get it."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A database with a history, which all workers of a run share.

    Whoever works on views names a folder in HISTORY, where it stays from run to run.
    """
    if kept := os.environ.get("HISTORY"):
        return history_in(Path(kept))
    base = tmp_path_factory.getbasetemp()
    return history_in(base if worker_id == "master" else base.parent)


@pytest.fixture(scope="session")
def sites(
    history: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Site]]:
    """The real service over the history, on either database, started when one is first asked for.

    It has no App: nothing is done on any GitHub.
    """
    running: dict[str, Site] = {}
    with ExitStack() as stack:

        def of(dialect: str) -> Site:
            if dialect not in running:
                folder = tmp_path_factory.mktemp(dialect)
                url = _fresh(dialect, request, folder)
                copied_to(history, url)
                # Setup looks at GitHub, and nobody is asked outside of this machine.
                nowhere = "http://127.0.0.1:1"
                service = stack.enter_context(started(folder, url, github_api_url=nowhere))
                running[dialect] = signed_in(service.url)
                until(partial(_has_noted_its_start, running[dialect]))
            return running[dialect]

        yield of


@pytest.fixture
def site(sites: Callable[[str], Site], dialect: str) -> Site:
    """The service over the history, on each database in turn."""
    return sites(dialect)


@pytest.fixture
def visit(browser: Chromium, site: Site) -> Iterator[Visitor]:
    """Opens pages of the dashboard, and holds each to what is wanted of all."""
    visitor = Visitor(browser, site)
    yield visitor
    browser.run(visitor.leave)


def _fresh(dialect: str, request: pytest.FixtureRequest, folder: Path) -> str:
    name = "sqlite_template" if dialect == "sqlite" else "postgres_template"
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(name)
    return template.clone(folder)


def _has_noted_its_start(site: Site) -> bool:
    """Return whether this start is in the log, as the history's own: then nothing comes alone."""
    return len(site.get("/api/events", type="service", action="started")["items"]) > 1
