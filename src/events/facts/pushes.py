"""What a delivery says of branches, tags and merge groups."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A ref moved; ``before`` or ``after`` is all zeros when it was created or deleted."""

    repository_id: int
    ref: str
    before: str
    after: str
    pushed_at: datetime
    forced: bool = False
    deleted: bool = False
    pusher_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeGroupSeen:
    """A merge queue's group of pull requests under test; ``reason`` says why it was destroyed."""

    repository_id: int
    head_sha: str
    head_ref: str
    base_ref: str | None = None
    base_sha: str | None = None
    destroyed: bool = False
    reason: str | None = None
