"""What a delivery says of a repository and of our access to it."""

from dataclasses import dataclass
from datetime import datetime

from events.facts.borrowed import Borrowed


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySeen:
    """A repository as it was at ``updated_at``."""

    repository_id: int
    full_name: str
    updated_at: datetime
    owner_login: str | None = None
    private: bool | None = None
    archived: bool | None = None
    default_branch: str | None = None
    installation_id: int | None = None
    borrowed: Borrowed = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryConnected:
    """An installation was given access to a repository; ``at`` is the installation's time."""

    repository_id: int
    full_name: str
    installation_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDisconnected:
    """An installation lost access to a repository; ``at`` is the installation's time."""

    repository_id: int
    full_name: str
    installation_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDeleted:
    """A repository is gone for good; ``at`` is its last ``updated_at``."""

    repository_id: int
    full_name: str
    at: datetime
