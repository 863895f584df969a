"""What a delivery says of our App's installations and of the people who authorised it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Borrowed, Fact, MergeKey
from events.github.node import Node
from events.github.reading import USER, Delivered, Keys, Noun, Observed, plain
from events.github.repositories import RepositoryConnected, RepositoryDisconnected


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationSeen(Fact):
    """An installation of our App as it was at ``updated_at``."""

    merge_key: ClassVar = MergeKey(
        family="installation",
        identity=("installation_id",),
        order=("deleted", "updated_at"),
        optional=(
            *("account_id", "account_login", "account_type"),
            *("app_id", "repository_selection", "suspended"),
        ),
    )

    installation_id: int
    updated_at: datetime
    deleted: bool
    account_id: int | None = None
    account_login: str | None = None
    account_type: str | None = None
    app_id: int | None = None
    repository_selection: str | None = None
    suspended: bool | None = None
    borrowed: Borrowed = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRevoked(Fact):
    """A person withdrew the authorisation to act for them; GitHub gives no time for it."""

    merge_key: ClassVar = MergeKey(family="authorization", identity=("user_id",), order=())

    user_id: int
    login: str | None = None


_MAX_REPOSITORIES = 10_000
_Connection = type[RepositoryConnected] | type[RepositoryDisconnected]
_LISTED: dict[str | None, _Connection] = {
    "created": RepositoryConnected,
    "deleted": RepositoryDisconnected,
}


def installation_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the installation itself, where a delivery has all of it."""
    installation = delivery.root.need_node("installation")
    account = installation.node("account")
    suspended = installation.json.get("suspended_at") is not None
    seen = InstallationSeen(
        installation_id=installation.need_integer("id"),
        updated_at=installation.need_moment("updated_at"),
        deleted=delivery.action == "deleted",
        account_id=account.integer("id"),
        account_login=account.name("login"),
        account_type=account.name("type"),
        app_id=installation.integer("app_id"),
        repository_selection=installation.name("repository_selection"),
        suspended=suspended if "suspended_at" in installation.json else None,
    )
    return (seen,)


def repositories_listed(delivery: Delivered) -> Iterable[Fact]:
    """Read the repositories that came or went with their installation."""
    kind = _LISTED.get(delivery.action)
    return _connections(delivery, "repositories", kind) if kind else ()


def repositories_changed(delivery: Delivered) -> Iterable[Fact]:
    """Read the repositories that an installation was given or lost."""
    return [
        *_connections(delivery, "repositories_added", RepositoryConnected),
        *_connections(delivery, "repositories_removed", RepositoryDisconnected),
    ]


def authorization_revoked(delivery: Delivered) -> Iterable[Fact]:
    """Read who withdrew their authorisation."""
    if delivery.action != "revoked":
        return ()
    sender = delivery.root.need_node("sender")
    return (AuthorizationRevoked(user_id=sender.need_integer("id"), login=sender.name("login")),)


def _connections(delivery: Delivered, key: str, kind: _Connection) -> list[Fact]:
    installation = delivery.root.need_node("installation")
    installation_id = installation.need_integer("id")
    at = installation.need_moment("updated_at")
    repositories = delivery.root.nodes(key, _MAX_REPOSITORIES)
    return delivery.each(repositories, _connection(kind, installation_id, at))


def _connection(kind: _Connection, installation_id: int, at: datetime) -> Callable[[Node], Fact]:
    def read(repository: Node) -> Fact:
        return kind(
            repository_id=repository.need_integer("id"),
            full_name=repository.need_name("full_name"),
            installation_id=installation_id,
            at=at,
        )

    return read


_INSTALLATION: Keys = {
    **plain("id", "updated_at", "app_id", "repository_selection", "suspended_at"),
    "account": {**USER, **plain("type")},
}

NOUN = Noun(
    observed={
        "installation": Observed(
            event="installation", readers=(installation_seen,), keys=_INSTALLATION
        ),
    },
    events={
        "installation": (installation_seen, repositories_listed),
        "installation_repositories": (installation_seen, repositories_changed),
        "github_app_authorization": (authorization_revoked,),
    },
)
