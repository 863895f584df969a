"""Lanes as they are stored: a row for each, one for each subject of it, one for what is around all.

So a live event writes what it is about, whatever else its lane knows.
"""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from aggregates.lane import Lane
from aggregates.lane.ours import PolicyLayer
from aggregates.policy import Policy
from aggregates.surroundings import Circumstances
from aggregates.workflow.agents import unknown_agents
from events.scalars import storable
from events.table import BIG_INTEGER, FROM_ZERO, GIVEN, table_of

SubjectKind: TypeAlias = Literal["issue", "pull_request", "commit", "checks", "handling"]
Subject: TypeAlias = tuple[SubjectKind, int | str]  # a number, a SHA, or a part of its checks
Columns: TypeAlias = dict[str, Any]

AROUND = 1  # the id of the one row of what is around all lanes


class LaneRow(SQLModel, table=True):
    """A repository's lane, save its subjects; ``state`` is JSON.

    ``position`` is that of the last event that told something new, ``trimmed`` that of the last one
    that had subjects forgotten, so that whoever remembers a lane looks at all of it again.
    ``error`` says why the lane is not as what is around it, since an event could not be handed to
    it, and ``error_position`` which event that was.
    """

    __tablename__ = "lanes"
    __table_args__ = (Index("ix_lanes_position", "position"),)

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    position: int = Field(sa_type=BIG_INTEGER)
    trimmed: int = Field(default=0, sa_type=BIG_INTEGER)
    error: str | None = None
    error_position: int | None = Field(default=None, sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


class LaneSubjectRow(SQLModel, table=True):
    """What a lane knows of one issue, pull request or commit, or did for one issue, as JSON.

    ``key`` is a number or a SHA, ``position`` that of the last event that changed it. Of a commit
    with many checks these are in rows of their own, of kind ``checks``.
    """

    __tablename__ = "lane_subjects"
    __table_args__ = (Index("ix_lane_subjects_position", "repository_id", "position"),)

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


class SurroundingsRow(SQLModel, table=True):
    """What holds for an installation or for everything: one row, ``state`` is JSON."""

    __tablename__ = "surroundings"

    id: int = Field(primary_key=True, sa_column_kwargs=GIVEN)
    position: int = Field(sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


lanes = table_of(LaneRow)
subjects = table_of(LaneSubjectRow)
surroundings = table_of(SurroundingsRow)


class LaneCircumstances(SQLModel):
    """A lane's mode and where it comes from, its pause, and as whom we act in it.

    ``paused_where`` is None for a lane that nothing pauses, ``acting_user`` is a login,
    ``policy_problem`` why the repository's newest policy file does not hold, or what is amiss with
    the policy that does, None where nothing is.
    ``visible_from`` is the position before which it is hidden from who does not see everything: 0,
    or where it moved to another installation, unless its policy shows its history.
    """

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    mode: str
    mode_origin: str
    paused_where: str | None = None
    paused_reason: str | None = None
    acting_user: str | None = None
    policy_problem: str | None = None
    visible_from: int = Field(default=0, sa_type=BIG_INTEGER, sa_column_kwargs=FROM_ZERO)


class LaneCircumstancesRow(LaneCircumstances, table=True):
    """What holds for a lane now."""

    __tablename__ = "lane_pages"


class LaneCircumstancesVersionRow(LaneCircumstances, table=True):
    """What held for a lane from one event on."""

    __tablename__ = "lane_page_versions"

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)


lane_circumstances = table_of(LaneCircumstancesRow)
circumstances_versions = table_of(LaneCircumstancesVersionRow)


def circumstances_row(lane: Lane, around: Circumstances) -> dict[str, Any]:
    """Return the row of a lane in its circumstances, all columns but the key."""
    paused, acting = around.paused, around.acting_user
    return {
        "installation_id": lane.installation_id,
        "mode": around.mode,
        "mode_origin": around.mode_origin,
        "paused_where": around.paused_where,
        "paused_reason": storable(paused.reason) if paused else None,
        "acting_user": storable(acting.login) if acting else None,
        "policy_problem": _problem_of(lane.ours.policy, around.policy),
        "visible_from": lane.moved if around.policy.history == "since_move" else 0,
    }


def _problem_of(layer: PolicyLayer, held: Policy) -> str | None:
    """Return the first of what is wrong with a newer policy than the one that holds, if any is.

    Else of what is wrong with that: an agent that this server does not know.
    """
    unknown = unknown_agents(held)
    problems = layer.problems or tuple(f"{each.path}: {each.message}" for each in unknown)
    if not problems:
        return None
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return storable(f"{problems[0]}{more}")


class ConfirmationRow(SQLModel, table=True):
    """An action, and the event after which it was known to be done."""

    __tablename__ = "confirmations"

    action_id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    at: datetime


confirmations = table_of(ConfirmationRow)
