"""What is on disk is told apart, on both databases: of the log and of what is read from it."""

import asyncio
from itertools import islice

from benchmarks.disk import sizes
from benchmarks.filling import append, project
from benchmarks.history import happenings


def test_rows_and_indexes_of_the_log_and_of_read_models_are_told_apart(database_url: str) -> None:
    append(database_url, islice(happenings(), 200))
    project(database_url)
    found = asyncio.run(sizes(database_url))
    assert set(found) == {
        "the log, rows",
        "the log, indexes",
        "read models, rows",
        "read models, indexes",
    }
    assert min(found.values()) > 0
    assert found["the log, rows"] > found["the log, indexes"]
