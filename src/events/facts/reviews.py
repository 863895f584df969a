"""What a delivery says of a review."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

ReviewState: TypeAlias = Literal[
    "approved", "changes_requested", "commented", "dismissed", "pending"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSeen:
    """A review of the commit ``commit_id``; once dismissed it stays so."""

    repository_id: int
    id: int
    pull_request_number: int
    state: ReviewState
    author_id: int | None = None
    author_login: str | None = None
    commit_id: str | None = None
    submitted_at: datetime | None = None
    mentions_copilot: bool = False

    @property
    def dismissed(self) -> bool:
        """Say whether the review no longer counts."""
        return self.state == "dismissed"
