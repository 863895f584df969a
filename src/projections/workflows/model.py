"""Workflows as pages show them: as they are, and every version of how they were."""

from datetime import datetime
from typing import Any, TypeAlias

from pydantic import BaseModel
from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field, SQLModel

from aggregates.stages import FINISHED, Stage
from events.table import BIG_INTEGER, GIVEN, table_of

Document: TypeAlias = dict[str, Any]  # what a model of a page describes, as JSON but for times

MOST_ACTIVE = 20  # workflows under way that a page shows of one repository

# The stages as pages count them; what needs a person is under way only once it has started.
NEEDS_HUMAN = str(Stage.NEEDS_HUMAN)
WAITING = (str(Stage.QUEUED), str(Stage.BLOCKED))
OVER = tuple(map(str, FINISHED))
UNDER_WAY = tuple(str(each) for each in Stage if each not in (*WAITING, *OVER, NEEDS_HUMAN))


# Of rows that an older release wrote, until they are built again.
UNKNOWN_YET = {"server_default": text("'over'")}
NO_WORDS = {"server_default": text("''")}


class WorkflowRow(SQLModel, table=True):
    """A workflow as it is; ``document`` is what a page shows of it.

    ``attention`` is the document's, ``words`` what of it is searched, folded to one case.
    ``started``: there was a step that only work in progress has. ``queue_key`` sorts the issues
    that wait, the next one first; None for others.
    """

    __tablename__ = "workflows"
    __table_args__ = (
        Index("ix_workflows_stage", "repository_id", "stage"),
        Index("ix_workflows_totals", "stage", "installation_id"),
        Index("ix_workflows_attention", "attention", "repository_id", "issue_number"),
        Index("ix_workflows_queue", "repository_id", "queue_key"),
    )

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    issue_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    stage: str
    attention: str = Field(default="over", sa_column_kwargs=UNKNOWN_YET)
    words: str = Field(default="", sa_type=Text, sa_column_kwargs=NO_WORDS)
    started: bool
    position: int = Field(sa_type=BIG_INTEGER)
    queue_key: str | None = None
    document: dict[str, Any] = Field(sa_type=JSON)


class WorkflowVersionRow(SQLModel, table=True):
    """A workflow as it was from one event on; ``entered``: the event brought it to its stage.

    ``stage`` is None where it then was no workflow.
    """

    __tablename__ = "workflow_versions"

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    issue_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    recorded_at: datetime
    stage: str | None = None
    entered: bool
    document: dict[str, Any] = Field(sa_type=JSON)


class WorkflowTurnRow(SQLModel, table=True):
    """By what workflows are counted and sorted, as it was from one event on.

    Beside the versions, since these have a document each: whoever looks through all workflows of a
    repository as they were reads little. ``stage`` is None where it then was no workflow.
    """

    __tablename__ = "workflow_turns"

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    issue_number: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    stage: str | None = None
    started: bool
    queue_key: str | None = None


workflows = table_of(WorkflowRow)
versions = table_of(WorkflowVersionRow)
turns = table_of(WorkflowTurnRow)
WORKFLOW_TABLES = (workflows, versions, turns)


class WorkflowKey(BaseModel):
    """Which workflow: an issue of a repository."""

    repository_id: int
    issue_number: int


class StageItem(BaseModel):
    """A stage that it came to; null when it was no workflow any more."""

    stage: Stage | None
    reason: str | None
    position: int = Field(description="the event that brought it there")
    at: datetime


class StageEntered(StageItem, WorkflowKey):
    """A stage that one of all workflows came to."""
