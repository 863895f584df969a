"""What tests of the whole loop may ask for: how a town of many troubles ended."""

import asyncio

import pytest

from tests.conftest import BOTH, SOAK
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.loop.troubles import Ended, conducted


# Each takes a minute, and what it tries hangs on no database: on both in ``make soak``.
@pytest.fixture(scope="session", params=BOTH if SOAK else BOTH[:1])
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """How all ended in a town with a repository for each trouble, conducted once."""
    folder = tmp_path_factory.mktemp("troubles")
    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(name)
    return asyncio.run(conducted(folder, template.clone(folder)))
