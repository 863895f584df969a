"""The document holds of the application: what Schemathesis draws from it is answered as it says.

Each operation is asked some times with what fits its schemas and some times with what does not,
over a repository in which something happened; the draws are the same in every run.
"""

import asyncio
import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx2
import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from runtime.database import Database, open_database
from tests.api.commanding import Site, a_site
from tests.api.documented import DOCUMENT, Operation, operations
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.service import BEARER, app_over, client_of

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 60 if os.environ.get("SOAK") else 5  # of each operation, in each mode
STREAM = "/api/live"  # which has no end
SEED = 20261129

EVERY = [each for each in operations() if each.path != STREAM]
# What takes nothing at all, or any text, can be asked for nothing that does not fit.
ANY_TEXT = "/api/policy/check"
TAKING = [
    each
    for each in EVERY
    if {"parameters", "requestBody"} & each.content.keys() and each.path != ANY_TEXT
]


def without_security(document: dict[str, Any]) -> dict[str, Any]:
    """The document for who has the admin token and never leaves it out."""
    bare: dict[str, Any] = deepcopy(document)
    for methods in bare["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return bare


SCHEMA = schemathesis.openapi.from_dict(without_security(DOCUMENT))


class Served:
    """The application over a repository, in an event loop that goes on from test to test."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._runner.run(self._begin(url))

    async def _begin(self, url: str) -> None:
        self.database: Database = open_database(url)
        self.app: FastAPI = app_over(self.database, Clock())
        async with client_of(self.app) as client:
            site: Site = await a_site(client, self.database)
            await site.obeyed("{lane}/pause")

    def answer(self, case: Case[Any]) -> httpx2.Response:
        return self._runner.run(self._answer(case))

    async def _answer(self, case: Case[Any]) -> httpx2.Response:
        drawn = case.as_transport_kwargs(base_url="http://127.0.0.1", headers=BEARER)
        known = ("method", "url", "headers", "params", "data", "json", "cookies", "files")
        wanted = requests.Request(**{k: v for k, v in drawn.items() if k in known}).prepare()
        body = wanted.body
        assert body is None or isinstance(body, str | bytes)  # nothing is drawn that is streamed
        sent = [(name.encode(), str(value).encode()) for name, value in wanted.headers.items()]
        async with client_of(self.app) as client:
            return await client.http.request(
                str(wanted.method), str(wanted.url), headers=sent, content=body
            )

    def end(self) -> None:
        self._runner.run(self.database.close())
        self._runner.close()
        self.app.dependency_overrides.clear()


@pytest.fixture(scope="module")
def served(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    served = Served(sqlite_template.clone(tmp_path_factory.mktemp("served")))
    yield served
    served.end()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is projected meanwhile, so nobody need wait for it."""
    monkeypatch.setattr("api.reflecting._WAIT_SECONDS", 0.0)
    monkeypatch.setattr("api.commanding._WAIT_SECONDS", 0.0)


@pytest.mark.parametrize("operation", EVERY, ids=str)
def test_what_fits_is_answered_as_the_document_says(served: Served, operation: Operation) -> None:
    ask(served, operation, GenerationMode.POSITIVE)


@pytest.mark.parametrize("operation", TAKING, ids=str)
def test_what_does_not_fit_is_refused_as_the_document_says(
    served: Served, operation: Operation
) -> None:
    ask(served, operation, GenerationMode.NEGATIVE)


def ask(served: Served, operation: Operation, mode: GenerationMode) -> None:
    """Ask an operation some times, and hold the answers against the document."""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
    )
    @given(case=SCHEMA[operation.path][operation.method].as_strategy(mode))
    def asked(case: Case[Any]) -> None:
        answer = served.answer(case)
        assert answer.status_code != 500, answer.text
        case.validate_response(answer, checks=CHECKS)

    asked()
