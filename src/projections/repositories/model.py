"""Repositories, followed by id through renames and transfers."""

from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Index, case, literal
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, FROM_NOTHING, FROM_ZERO, GIVEN, table_of
from projections.access import Access, moved_after

Health: TypeAlias = Literal["ok", "archived", "suspended", "disconnected", "deleted"]
Attention: TypeAlias = Literal["needs_human", "stuck", "running", "idle"]


class DescribedRepository(SQLModel):
    """A repository as GitHub was last seen to describe it, and what we heard from it."""

    id: int = Field(
        primary_key=True,
        sa_type=BIG_INTEGER,
        sa_column_kwargs=GIVEN,
        description="GitHub's numeric id",
    )
    full_name: str = Field(default="", description="owner/name; empty until a delivery tells")
    private: bool | None = None
    archived: bool | None = None
    deleted: bool = False
    default_branch: str | None = None
    connected: bool | None = Field(
        default=None, description="whether the App has access; null: only a plain webhook calls us"
    )
    event_count: int = Field(default=0, sa_type=BIG_INTEGER)
    last_event_at: datetime | None = Field(default=None, description="when we recorded the newest")
    seen_at: datetime | None = Field(default=None, description="GitHub's time of the description")
    connection_at: datetime | None = Field(default=None, description="GitHub's time of the access")


class HeldRepository(DescribedRepository):
    """A repository with whose it is, and what deliveries claim against that.

    Without a position nothing is claimed; see aggregates.tenancy. ``events_before`` are those that
    came before it last moved to another installation. ``names`` are all that it was described
    by, in lower case, each between line breaks, so that it is found by each.
    """

    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    claimed_position: int | None = Field(default=None, sa_type=BIG_INTEGER)
    claimed_installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    claimed_full_name: str | None = None
    claimed_at: datetime | None = None
    events_before: int = Field(default=0, sa_type=BIG_INTEGER, sa_column_kwargs=FROM_ZERO)
    names: str = Field(default="", sa_column_kwargs=FROM_NOTHING)


class RepositoryRow(HeldRepository, table=True):
    """A repository as it is stored."""

    __tablename__ = "repositories"
    __table_args__ = (
        Index("ix_repositories_installation_id", "installation_id", "id"),
        Index("ix_repositories_claimed_position", "claimed_position"),
    )


class RepositoryVersionRow(HeldRepository, table=True):
    """A repository as it was from one event on, with the number of its events up to there."""

    __tablename__ = "repository_versions"

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)


_repositories = table_of(RepositoryRow)
repository_versions = table_of(RepositoryVersionRow)


def events_seen(access: Access, repositories: FromClause = _repositories) -> ColumnElement[int]:
    """Return the number of a repository's events that an access shows."""
    c = repositories.c
    if access.is_everything:
        return c.event_count
    moved = moved_after(c.id, literal(0))
    return case((moved, c.event_count - c.events_before), else_=c.event_count)
