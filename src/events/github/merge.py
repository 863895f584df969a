"""Merging what several deliveries say of one thing, the same in whatever order they arrive."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeAlias, TypeVar

from events.github.fact import Borrowed, Fact, Getter, Order, getter

F = TypeVar("F", bound=Fact)
Key: TypeAlias = tuple[object, ...]


def identity_of(fact: Fact) -> Key:
    """Return what a fact is about; facts with the same identity merge into one."""
    key = fact.merge_key
    return (key.family, *key.identity_of(fact))


def order_of(fact: Fact) -> Key:
    """Return GitHub's own order of a fact among those of its identity; greater is newer."""
    return _sortable(fact.merge_key.order_of(fact))


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
    order_a, order_b = a.merge_key.order_of(a), b.merge_key.order_of(b)
    if order_a == order_b:
        return _merged_tie(a, b)
    newer, older = (a, b) if _sortable(order_a) > _sortable(order_b) else (b, a)
    return _filled(newer, older) if _lacks(newer, older) else newer


def tied(a: Fact, b: Fact) -> bool:
    """Say whether GitHub's order leaves open which of two differing facts is the newer one."""
    if identity_of(a) != identity_of(b):
        return False
    return a.merge_key.order_of(a) == b.merge_key.order_of(b) and _differ(a, b)


def _sortable(values: Iterable[object]) -> Key:
    return tuple([(value is not None, value) for value in values])


def _lacks(newer: Fact, older: Fact) -> bool:
    """Say whether the newer fact may have to borrow a value; most have all that there is."""
    key = newer.merge_key
    if not key.optional:
        return False
    if _borrowed(newer):
        return True
    new, old = key.optional_of(newer), key.optional_of(older)
    return any(n is None and o is not None for n, o in zip(new, old, strict=True))


def _merged_tie(a: F, b: F) -> F:
    newer, older = (a, b) if _told_by(a) > _told_by(b) else (b, a)
    merged = _filled(newer, older) if newer.merge_key.optional else newer
    if not newer.merge_key.doubtable or _is_uncertain(merged):
        return merged
    # What was in doubt at this very time before still is.
    doubted = _is_uncertain(older) or _differ(newer, older)
    return _replaced(merged, uncertain=True) if doubted else merged


def _told_by(fact: Fact) -> Key:
    """Return all that a fact must say, in a form that any two of one identity compare by."""
    return (type(fact).__name__, *map(_comparable, _must_say(fact)))


def _comparable(value: object) -> Key:
    """Return a value so that it compares with any other of its field, also where parts lack one."""
    if is_dataclass(value):
        value = tuple(getattr(value, field.name) for field in fields(value))
    if isinstance(value, tuple):
        return True, tuple(map(_comparable, value))
    return value is not None, value


def _differ(a: Fact, b: Fact) -> bool:
    """Say whether facts of one time say different things; to say nothing of a field is neither."""
    if type(a) is not type(b) or _must_say(a) != _must_say(b):
        return True
    key = a.merge_key
    lent = {name for fact in (a, b) for name, _ in _borrowed(fact)}
    said = zip(key.optional, key.optional_of(a), key.optional_of(b), strict=True)
    return any(
        x is not None and y is not None and x != y for name, x, y in said if name not in lent
    )


def _must_say(fact: Fact) -> Key:
    kind = type(fact)
    return _needed(kind)(fact)  # type: ignore[arg-type]  # the __hash__ meant is the class's own


@cache
def _needed(kind: type[Fact]) -> Getter:
    apart = {*kind.merge_key.optional, "borrowed", "uncertain"}
    return getter(tuple(field.name for field in fields(kind) if field.name not in apart))


def _filled(newer: F, older: F) -> F:
    """Give each optional field the value of the newest snapshot that had one."""
    key = newer.merge_key
    own = key.order_of(newer)
    known = [
        (dict(_borrowed(fact)), key.order_of(fact), key.optional_of(fact))
        for fact in (newer, older)
    ]
    values: dict[str, Any] = {}
    borrowed: list[tuple[str, Order]] = []
    for place, name in enumerate(key.optional):
        seen: list[Any] = [
            (lent.get(name) or order, said[place])
            for lent, order, said in known
            if said[place] is not None
        ]
        if not seen:
            continue
        order, values[name] = max(seen)
        if order != own:
            borrowed.append((name, order))
    return _replaced(newer, borrowed=tuple(sorted(borrowed)), **values)


def _borrowed(fact: Fact) -> Borrowed:
    borrowed: Borrowed = getattr(fact, "borrowed", ())
    return borrowed


def _is_uncertain(fact: Fact) -> bool:
    return getattr(fact, "uncertain", False)


def _replaced(fact: F, **values: Any) -> F:  # noqa: ANN401  # the fields of any kind of fact
    """Return the same object when nothing changes, so that callers may ask ``is``."""
    if all(getattr(fact, name) == value for name, value in values.items()):
        return fact
    return replace(fact, **values)
