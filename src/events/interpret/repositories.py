"""Reading repositories."""

from collections.abc import Iterable

from events.facts import Fact, RepositoryDeleted, RepositorySeen
from events.interpret.delivery import Delivered


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
