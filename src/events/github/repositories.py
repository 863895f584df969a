"""What a delivery says of a repository and of our access to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Borrowed, Fact, MergeKey
from events.github.reading import USER, Delivered, Keys, Noun, Observed, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySeen(Fact):
    """A repository as it was at ``updated_at``."""

    merge_key: ClassVar = MergeKey(
        family="repository",
        identity=("repository_id",),
        order=("updated_at",),
        optional=("owner_login", "private", "archived", "default_branch", "installation_id"),
    )

    repository_id: int
    full_name: str
    updated_at: datetime
    owner_login: str | None = None
    private: bool | None = None
    archived: bool | None = None
    default_branch: str | None = None
    installation_id: int | None = None
    borrowed: Borrowed = ()


_CONNECTION = MergeKey(
    family="connection", identity=("installation_id", "repository_id"), order=("at",)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryConnected(Fact):
    """An installation was given access to a repository; ``at`` is the installation's time."""

    merge_key: ClassVar = _CONNECTION

    repository_id: int
    full_name: str
    installation_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDisconnected(Fact):
    """An installation lost access to a repository; ``at`` is the installation's time."""

    merge_key: ClassVar = _CONNECTION

    repository_id: int
    full_name: str
    installation_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDeleted(Fact):
    """A repository is gone for good; ``at`` is its last ``updated_at``."""

    merge_key: ClassVar = MergeKey(
        family="repository_deleted", identity=("repository_id",), order=("at",)
    )

    repository_id: int
    full_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged(Fact):
    """Who may write in a repository may have changed; GitHub gives no time for it."""

    merge_key: ClassVar = MergeKey(family="access", identity=("repository_id",), order=())

    repository_id: int


def repository_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the repository that most deliveries embed; one without its fields is no snapshot."""
    repository = delivery.repository
    if "full_name" not in repository.json or "updated_at" not in repository.json:
        return ()
    seen = RepositorySeen(
        repository_id=repository.need_integer("id"),
        full_name=repository.need_name("full_name"),
        updated_at=repository.need_moment("updated_at"),
        owner_login=repository.node("owner").name("login"),
        private=repository.flag("private"),
        archived=repository.flag("archived"),
        default_branch=repository.name("default_branch"),
        installation_id=delivery.root.node("installation").integer("id"),
    )
    return (seen,)


def repository_deleted(delivery: Delivered) -> Iterable[Fact]:
    """Read the end of a repository."""
    if delivery.action != "deleted":
        return ()
    deleted = RepositoryDeleted(
        repository_id=delivery.repository_id,
        full_name=delivery.repository.need_name("full_name"),
        at=delivery.repository.need_moment("updated_at"),
    )
    return (deleted,)


def access_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read that access may have changed, where a delivery says in which repository."""
    if delivery.action is None or delivery.repository.integer("id") is None:
        return ()
    return (AccessChanged(repository_id=delivery.repository_id),)


_ACCESS = (repository_seen, access_changed)
_REPOSITORY: Keys = {
    **plain("full_name", "private", "archived", "default_branch", "updated_at"),
    "owner": USER,
}

NOUN = Noun(
    events={
        "ping": (repository_seen,),
        "repository": (repository_seen, repository_deleted, access_changed),
        "member": _ACCESS,
        "team": _ACCESS,
        "team_add": _ACCESS,
        "merge_group": (repository_seen,),
    },
    observed={
        "repository": Observed(event="repository", readers=(repository_seen,), keys=_REPOSITORY),
    },
)
