"""How each check went on a repository's default branch lately: what is flaky shows here.

A commit counts once for each name, by its newest run that passed or failed. Deliveries name a check
run's branch, not its fork: a fork's branch of the default one's name counts as well, which may make
a check look flaky, and no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Select, Text, bindparam, select
from sqlmodel import Field, SQLModel

from events.github import CheckRunSeen, RepositorySeen
from events.table import BIG_INTEGER, FROM_ZERO, table_of
from projections.access import Access, built_once
from projections.engine.projection import Key, Projection, ReadEvent, copied

KEPT = 50  # results of a check

_ENDS: Mapping[str | None, Literal["passed", "failed"]] = {
    "success": "passed",
    "neutral": "passed",
    "failure": "failed",
    "timed_out": "failed",
}


class CheckRecord(SQLModel):
    """Of the newest results of a check on the default branch, at most 50, how many failed."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER)
    name: str = Field(primary_key=True)
    failed: int
    of: int


class HeldRecord(CheckRecord):
    """A record with its results, the oldest first: commit, id of the run, 1 if it failed; JSON.

    They are those told through one installation: what was before a move is another's. A webhook of
    the repository's own tells through none, and may tell besides.
    """

    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    position: int = Field(default=0, sa_type=BIG_INTEGER, sa_column_kwargs=FROM_ZERO)
    results: str = Field(default="[]", sa_type=Text)


class CheckRecordRow(HeldRecord, table=True):
    """A record as it is stored."""

    __tablename__ = "check_records"


_records = table_of(CheckRecordRow)


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    return tuple((run.repository_id, run.name) for run in _runs(read))


def _evolve(row: HeldRecord | None, key: Key, read: ReadEvent) -> HeldRecord | None:
    repository_id, name = key
    installation_id, position = read.event.installation_id, read.event.position
    through = row.installation_id if row is not None else None
    known = row is not None and (installation_id is None or through in (None, installation_id))
    results = orjson.loads(row.results) if row is not None and known else []
    now = _after(results, [run for run in _runs(read) if run.name == name])
    if known and now == results:
        return row
    if row is None:
        values = {"repository_id": repository_id, "name": name}
        row = HeldRecord.model_construct(**values, failed=0, of=0)
    news = {
        "failed": sum(failed for _, _, failed in now),
        "of": len(now),
        "results": orjson.dumps(now).decode(),
    }
    return copied(row, news | {"installation_id": installation_id or through, "position": position})


def _runs(read: ReadEvent) -> Sequence[CheckRunSeen]:
    """Return the check runs of the default branch that passed or failed, by a live delivery."""
    runs = [fact for fact in read.facts if isinstance(fact, CheckRunSeen)]
    branches = {
        fact.repository_id: fact.default_branch
        for fact in read.facts
        if isinstance(fact, RepositorySeen)
    }
    return [
        run
        for run in runs
        if run.conclusion in _ENDS
        and run.head_branch is not None
        and run.head_branch == branches.get(run.repository_id)
    ]


def _after(results: list[list[Any]], runs: Iterable[CheckRunSeen]) -> list[list[Any]]:
    """Return the results with some taken in, each commit's newest run, the newest runs at last.

    One that is told to have passed and to have failed, as whoever made it may change it, failed.
    """
    found = {sha: [sha, run_id, failed] for sha, run_id, failed in results}
    for run in runs:
        known, failed = found.get(run.head_sha), int(_ENDS[run.conclusion] == "failed")
        if known is None or [run.id, failed] > known[1:]:
            found[run.head_sha] = [run.head_sha, run.id, failed]
    return sorted(found.values(), key=lambda each: (each[1], each[0]))[-KEPT:]


CHECK_RECORDS: Projection[HeldRecord] = Projection(
    name="check_records",
    version=2,
    table=_records,
    model=HeldRecord,
    touches=_touches,
    evolve=_evolve,
)


def records_of(
    connection: Connection, repository_id: int, names: Sequence[str]
) -> dict[str, CheckRecord]:
    """Return the records of some checks of a repository, by name, for whoever decides by them."""
    c = _records.c
    query = select(c.repository_id, c.name, c.failed, c.of).where(
        c.repository_id == repository_id, c.name.in_(list(names))
    )
    rows = connection.execute(query).mappings()
    return {row["name"]: CheckRecord.model_construct(**row) for row in rows}


def list_check_records(
    connection: Connection, access: Access, repository_id: int, limit: int
) -> list[CheckRecord]:
    """Return the records of a repository's checks, those that failed most first."""
    asked = {"repository": repository_id, "limit": limit}
    rows = connection.execute(_listed(access), asked | access.values).mappings()
    return [CheckRecord.model_construct(**row) for row in rows]


@built_once
def _listed(access: Access) -> Select[Any]:
    c = _records.c
    query = select(c.repository_id, c.name, c.failed, c.of)
    query = query.where(c.repository_id == bindparam("repository"))
    query = query.where(access.since(c.repository_id, c.position))
    return query.order_by(c.failed.desc(), c.name).limit(bindparam("limit"))
