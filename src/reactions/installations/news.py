"""What of that which GitHub lists is news: compared with what is known, as events of ours."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from events.catalogue import About, InstallationAnswered, ResyncObserved, own_event
from events.envelope import NewEvent
from events.github import Fact, InstallationSeen, RepositorySeen
from events.github.observations import kept, observed_event, read_observation
from events.identity import keyed_id
from events.json_types import JsonObject
from events.scalars import integer, moment, text

_INSTALLATION = ("account_id", "account_login", "account_type", "repository_selection", "suspended")
_REPOSITORY = ("full_name", "private", "archived", "default_branch")

Rows = Mapping[int, Mapping[str, Any]]


def installation_news(listed: JsonObject, known: Rows, as_of: int) -> Iterator[NewEvent]:
    """Yield an installation as it is now, where it is not known so."""
    number = integer(listed.get("id"))
    if number is None:
        return
    content = ResyncObserved(kind="installation", object=kept("installation", listed))
    facts = read_observation(content, None, number).facts
    if any(_tells(fact, known.get(number), _INSTALLATION) for fact in facts):
        yield _observed(content, None, number, as_of)


def repository_news(
    listed: Iterable[Mapping[str, Any]], known: Rows, installation: JsonObject, as_of: int
) -> Iterator[NewEvent]:
    """Yield what is new of the repositories that GitHub lists of an installation.

    That it lists one settles whose it is.
    """
    whose = integer(installation.get("id")) or 0
    for each in listed:
        number = integer(each.get("id"))
        if number is None:
            continue
        row = known.get(number)
        if row is not None and not _is_its(row, whose):
            yield answer(number, installation, as_of)
        content = ResyncObserved(kind="repository", object=dict(each))
        facts = read_observation(content, number, whose).facts
        if any(_tells(fact, row, _REPOSITORY) for fact in facts):
            yield _observed(content, number, whose, as_of)


def answer(repository_id: int, installation: JsonObject | None, as_of: int) -> NewEvent:
    """Return as an event through which installation GitHub says that the App has access."""
    found = installation or {}
    account = found.get("account")
    whose = integer(found.get("id"))
    content = InstallationAnswered(
        installation_id=whose,
        owner=text(account.get("login"), 255) if isinstance(account, dict) else None,
        at=moment(found.get("updated_at")),
        as_of=as_of,
    )
    about = About(repository_id=repository_id, installation_id=whose)
    return own_event(content, keyed_id(f"tenancy:{repository_id}:{as_of}:{whose}"), about=about)


def _is_its(row: Mapping[str, Any], whose: int) -> bool:
    claimed = row["claimed_position"] is not None
    return row["installation_id"] == whose and row["connected"] is True and not claimed


def _tells(fact: Fact, row: Mapping[str, Any] | None, names: Iterable[str]) -> bool:
    """Say whether a newer description differs in more than its time."""
    if not isinstance(fact, InstallationSeen | RepositorySeen):
        return False
    if row is None or row["seen_at"] is None:
        return True
    told = [(getattr(fact, name), row[name]) for name in names]
    differs = any(new is not None and new != old for new, old in told)
    return differs and fact.updated_at >= row["seen_at"]


def _observed(
    content: ResyncObserved, repository_id: int | None, installation_id: int, as_of: int
) -> NewEvent:
    digest = sha256(content.model_dump_json().encode()).hexdigest()
    event_id = keyed_id(f"installations:{as_of}:{repository_id}:{digest}")
    return observed_event(content, event_id, repository_id, installation_id)
