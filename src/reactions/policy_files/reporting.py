"""Telling a repository's people on the commit that their policy file is wrong, or right again."""

import structlog
from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from events.catalogue import PolicyChanged
from events.store import Store
from events.table import BIG_INTEGER, GIVEN, table_of
from reactions.ports.failures import Forbidden, NotFound, Refused
from reactions.ports.github import Policing
from reactions.visits import Place

_log = structlog.get_logger("policy")


class PolicyReportRow(SQLModel, table=True):
    """The commit on which a repository's file was last reported, and what was said of it."""

    __tablename__ = "policy_reports"

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    commit: str
    valid: bool


_reports = table_of(PolicyReportRow)


async def report(github: Policing, store: Store, place: Place, content: PolicyChanged) -> None:
    """Report a file with problems once on its commit, and the first valid one after that.

    Where the App may not report, nobody is told there; the problems are shown by us all the same.
    """
    repository_id, commit = place.lane.repository_id, content.commit
    valid = not content.problems
    last = await store.read(lambda connection: _last(connection, repository_id))
    if commit is None or not _is_due(last, commit, valid=valid):
        return
    try:
        await github.report_policy(place.repo, commit, content.problems)
    except (Forbidden, NotFound, Refused) as failure:
        _log.warning("a policy file is not reported on", commit=commit, error=str(failure)[:300])
    await store.write(lambda connection: _keep(connection, repository_id, commit, valid=valid))


def _is_due(last: tuple[str, bool] | None, commit: str, *, valid: bool) -> bool:
    if valid:
        return last is not None and not last[1]
    return last != (commit, False)


def _last(connection: Connection, repository_id: int) -> tuple[str, bool] | None:
    query = select(_reports.c.commit, _reports.c.valid)
    row = connection.execute(query.where(_reports.c.repository_id == repository_id)).first()
    return None if row is None else (row.commit, row.valid)


def _keep(connection: Connection, repository_id: int, commit: str, *, valid: bool) -> None:
    values = {"commit": commit, "valid": valid}
    known = _reports.update().where(_reports.c.repository_id == repository_id)
    if not connection.execute(known.values(**values)).rowcount:
        connection.execute(_reports.insert().values(repository_id=repository_id, **values))
