"""The application of an API test: over a fresh database, its clock standing still."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI

from runtime.database import Database
from tests.api.commanding import Site, a_site
from tests.conftest import Clock
from tests.service import Client, app_over, client_of


@pytest.fixture
def app(store: Database, clock: Clock) -> Iterator[FastAPI]:
    app = app_over(store, clock)
    yield app
    app.dependency_overrides.clear()  # which it shares with others


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def site(client: Client, store: Database) -> Site:
    return await a_site(client, store)
