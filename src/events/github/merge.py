"""Merging what several deliveries say of one thing, the same in whatever order they arrive."""

from dataclasses import fields, replace
from typing import Any, TypeAlias, TypeVar

from events.github.borrowed import Borrowed, Order
from events.github.fact import Fact
from events.github.installations import InstallationSeen
from events.github.issues import IssueSeen
from events.github.merge_keys import MERGE_KEYS
from events.github.pull_requests import PullRequestSeen
from events.github.repositories import RepositorySeen

F = TypeVar("F", bound=Fact)
Key: TypeAlias = tuple[object, ...]
_Snapshot: TypeAlias = RepositorySeen | InstallationSeen | IssueSeen | PullRequestSeen
S = TypeVar("S", bound=_Snapshot)
_Doubtable: TypeAlias = IssueSeen | PullRequestSeen


def identity_of(fact: Fact) -> Key:
    """Return what a fact is about; facts with the same identity merge into one."""
    key = MERGE_KEYS[type(fact)]
    return (key.family, *_values(fact, key.identity))


def order_of(fact: Fact) -> Key:
    """Return GitHub's own order of a fact among those of its identity; greater is newer."""
    return tuple(_sortable(value) for value in _values(fact, MERGE_KEYS[type(fact)].order))


def merge(a: F, b: F) -> F:
    """Return what two facts about the same thing say together.

    Commutative, associative and idempotent. The newer fact wins; a field that it has no value for
    keeps the older one's. Where GitHub's order leaves open which is the newer one, a fixed rule
    chooses, and an issue or a pull request is marked as uncertain until there is a newer one.
    Raises ValueError for facts about different things.
    """
    if a == b:
        return a  # most deliveries tell again what is known
    if identity_of(a) != identity_of(b):
        raise ValueError(f"{type(a).__name__} and {type(b).__name__} are about different things")
    order_a, order_b = order_of(a), order_of(b)
    same_time = order_a == order_b
    a_is_newer = _core(a) > _core(b) if same_time else order_a > order_b
    newer, older = (a, b) if a_is_newer else (b, a)
    if isinstance(newer, _Snapshot) and isinstance(older, _Snapshot):
        filled = _filled(newer, older)
        return _doubted(filled, older, differ=tied(newer, older)) if same_time else filled
    return newer


def tied(a: Fact, b: Fact) -> bool:
    """Say whether GitHub's order leaves open which of two differing facts is the newer one."""
    if identity_of(a) != identity_of(b) or order_of(a) != order_of(b):
        return False
    return _core(a) != _core(b) or _optional_conflict(a, b)


def _values(fact: Fact, names: tuple[str, ...]) -> Key:
    return tuple([getattr(fact, name) for name in names])


def _sortable(value: object) -> Key:
    return (value is not None, value)


def _core(fact: Fact) -> Key:
    """Return all that a fact must say, in a form that any two of one identity compare by."""
    apart = {*MERGE_KEYS[type(fact)].optional, "borrowed", "uncertain"}
    names = tuple(field.name for field in fields(fact) if field.name not in apart)
    return (type(fact).__name__, *[_sortable(value) for value in _values(fact, names)])


def _optional_conflict(a: Fact, b: Fact) -> bool:
    if not isinstance(a, _Snapshot) or not isinstance(b, _Snapshot):
        return False
    own = _own_order(a)
    pairs = [(_seen(a, name), _seen(b, name)) for name in MERGE_KEYS[type(a)].optional]
    return any(x and y and x[0] == y[0] == own and x[1] != y[1] for x, y in pairs)


def _filled(newer: S, older: _Snapshot) -> S:
    values: dict[str, Any] = {}
    borrowed: list[tuple[str, Order]] = []
    own = _own_order(newer)
    for name in sorted(MERGE_KEYS[type(newer)].optional):
        seen = [value for fact in (newer, older) if (value := _seen(fact, name))]
        if not seen:
            continue
        order, values[name] = max(seen)
        if order != own:
            borrowed.append((name, order))
    return _with(newer, values, tuple(borrowed))


def _seen(fact: _Snapshot, name: str) -> tuple[Order, Any] | None:
    """Return an optional field's value after the order of the snapshot that it comes from."""
    value = getattr(fact, name)
    if value is None:
        return None
    return (dict(fact.borrowed).get(name) or _own_order(fact), value)


def _doubted(merged: S, older: _Snapshot, *, differ: bool) -> S:
    """Mark what snapshots of one second say differently, those before included."""
    if not isinstance(merged, _Doubtable) or merged.uncertain:
        return merged
    doubted = isinstance(older, _Doubtable) and older.uncertain
    return replace(merged, uncertain=True) if doubted or differ else merged


def _own_order(fact: _Snapshot) -> Order:
    return tuple([getattr(fact, name) for name in MERGE_KEYS[type(fact)].order])


def _with(fact: S, values: dict[str, Any], borrowed: Borrowed) -> S:
    """Return the same object when nothing changes, so that callers may ask ``is``."""
    if borrowed == fact.borrowed and all(getattr(fact, n) == v for n, v in values.items()):
        return fact
    return replace(fact, borrowed=borrowed, **values)
