"""The questions that stand open, each with when it is asked next; no replay touches it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Index, bindparam, func, select, tuple_, update
from sqlmodel import Field, SQLModel

from aggregates.lane import Lane
from aggregates.workflow.questions import Question
from events.statement import Statement, chunks, named, one_of
from events.table import BIG_INTEGER, GIVEN, table_of

MAX_ERROR = 300

Key: TypeAlias = tuple[int, str, int, int]  # issue, kind, pull request, user


class OpenQuestion(SQLModel):
    """A question about one pull request; ``asked`` is how often it was since it is as it is."""

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    issue_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    kind: str = Field(primary_key=True)
    pull_request_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    user_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    login: str = ""
    installation_id: int = Field(sa_type=BIG_INTEGER)
    stamp: int = Field(sa_type=BIG_INTEGER)
    waits: bool = Field(default=False, description="something is not done until it is answered")
    asked: int = 0
    failures: int = 0
    error: str | None = None
    due_at: datetime


class QuestionRow(OpenQuestion, table=True):
    """A question as it is stored."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_due_at", "due_at"),)


_questions = table_of(QuestionRow)

_IN_LANE = _questions.c.repository_id == bindparam("lane")
_OF_LANE = Statement(select(_questions).where(_IN_LANE))


@dataclass(frozen=True, slots=True)
class Failing:
    """How many questions failed time and again, for how many of them something waits, and why.

    ``error`` is the last one of the question that something waits for, and that failed most.
    """

    number: int = 0
    waiting: int = 0
    error: str = ""


NONE_FAILS = Failing()


def replace_questions(
    connection: Connection,
    lane: Lane,
    issues: Collection[int] | None,
    questions: Iterable[Question],
    now: datetime,
) -> bool:
    """Store the questions of some issues of a lane, None: of all, in the place of those they had.

    One that stands as it stood keeps when it is asked next; it is asked at once where it is new,
    where access changed, or where something begins to wait for it that was not heard of before.
    Says whether any is asked at once.
    """
    if lane.installation_id is None:
        return False
    wanted = {_key(question): question for question in questions}
    known = _known(connection, lane.repository_id, issues)
    for key in known.keys() - wanted.keys():
        connection.execute(_questions.delete().where(_is(lane.repository_id, key)))
    rows, again = [], False
    for key, question in wanted.items():
        row = _row(lane, lane.installation_id, question, now)
        old = known.get(key)
        if old is None:
            rows.append(row)
        elif old["stamp"] != question.stamp or (question.waits and not old["waits"]):
            connection.execute(update(_questions).where(_is(lane.repository_id, key)).values(**row))
            again = True
        elif old["waits"] != question.waits:
            values = {"waits": question.waits}
            connection.execute(
                update(_questions).where(_is(lane.repository_id, key)).values(**values)
            )
    if rows:
        connection.execute(_questions.insert(), rows)
    return again or bool(rows)


def forget_questions(connection: Connection, repository_id: int) -> None:
    """Remove the questions of a lane."""
    connection.execute(_questions.delete().where(_questions.c.repository_id == repository_id))


def due_questions(connection: Connection, now: datetime, limit: int) -> list[OpenQuestion]:
    """Return the questions that are due, those first for which something waits."""
    query = select(_questions).where(_questions.c.due_at <= now)
    query = query.order_by(_questions.c.waits.desc(), _questions.c.due_at).limit(limit)
    return [OpenQuestion.model_construct(**row) for row in connection.execute(query).mappings()]


def next_due(connection: Connection) -> datetime | None:
    """Return when the next question is due."""
    found: datetime | None = connection.scalar(
        select(_questions.c.due_at).order_by(_questions.c.due_at).limit(1)
    )
    return found


def failing_questions(connection: Connection, times: int) -> Failing:
    """Return what is told of questions that failed so many times in a row, or more."""
    those = _questions.c.failures >= times
    counted = select(func.count()).select_from(_questions).where(those)
    number = connection.scalar(counted) or 0
    waiting = connection.scalar(counted.where(_questions.c.waits)) or 0
    worst = (_questions.c.waits.desc(), _questions.c.failures.desc(), _questions.c.due_at)
    error = connection.scalar(select(_questions.c.error).where(those).order_by(*worst).limit(1))
    return Failing(number, waiting, error or "")


def answered(connection: Connection, question: OpenQuestion, due_at: datetime) -> None:
    """Note that a question was asked, and when it is again, unless it stands anew meanwhile."""
    values = {"asked": question.asked + 1, "failures": 0, "error": None, "due_at": due_at}
    connection.execute(update(_questions).where(*_same(question)).values(**values))


def put_off(connection: Connection, question: OpenQuestion, until: datetime, error: str) -> None:
    """Ask later, since it failed."""
    failed = question.failures + 1
    values = {"failures": failed, "error": error[:MAX_ERROR], "due_at": until}
    connection.execute(update(_questions).where(*_same(question)).values(**values))


def put_off_installation(connection: Connection, installation_id: int, until: datetime) -> None:
    """Let a whole installation wait, since GitHub takes no more from it for now."""
    those = (_questions.c.installation_id == installation_id, _questions.c.due_at < until)
    connection.execute(update(_questions).where(*those).values(due_at=until))


def is_put_off_too_far(connection: Connection, now: datetime, longest: timedelta) -> bool:
    """Say whether something is due later than can be."""
    query = select(_questions.c.due_at).where(_questions.c.due_at > now + longest).limit(1)
    return connection.execute(query).first() is not None


def bring_forward(connection: Connection, now: datetime, longest: timedelta) -> None:
    """Let nothing be due later than can be: the clock may have been ahead when it was written."""
    those = _questions.c.due_at > now + longest
    connection.execute(update(_questions).where(those).values(due_at=now))


def _known(
    connection: Connection, repository_id: int, issues: Collection[int] | None
) -> dict[Key, dict[str, Any]]:
    if issues is None:
        return _by_key(_OF_LANE.mappings(connection, {"lane": repository_id}))
    found: dict[Key, dict[str, Any]] = {}
    for some in chunks(sorted(issues)):
        values = {"lane": repository_id, **named(_questions.c.issue_number, some)}
        found |= _by_key(_of_issues(len(some)).mappings(connection, values))
    return found


@cache
def _of_issues(issues: int) -> Statement:
    those = one_of(_questions.c.issue_number, issues)
    return Statement(select(_questions).where(_IN_LANE, those))


def _by_key(rows: Iterable[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    return {
        (row["issue_number"], row["kind"], row["pull_request_number"], row["user_id"]): row
        for row in rows
    }


def _key(question: Question) -> Key:
    return (
        question.issue_number,
        question.kind,
        question.pull_request_number,
        question.user_id,
    )


def _is(repository_id: int, key: Key) -> ColumnElement[bool]:
    columns = tuple_(
        _questions.c.issue_number,
        _questions.c.kind,
        _questions.c.pull_request_number,
        _questions.c.user_id,
    )
    return (_questions.c.repository_id == repository_id) & (columns == key)


def _same(question: OpenQuestion) -> tuple[ColumnElement[bool], ...]:
    key = (
        question.issue_number,
        question.kind,
        question.pull_request_number,
        question.user_id,
    )
    return (_is(question.repository_id, key), _questions.c.stamp == question.stamp)


def _row(lane: Lane, installation_id: int, question: Question, now: datetime) -> dict[str, Any]:
    return {
        "repository_id": lane.repository_id,
        "issue_number": question.issue_number,
        "kind": question.kind,
        "pull_request_number": question.pull_request_number,
        "user_id": question.user_id,
        "login": question.login,
        "installation_id": installation_id,
        "stamp": question.stamp,
        "waits": question.waits,
        "asked": 0,
        "failures": 0,
        "error": None,
        "due_at": now,
    }
