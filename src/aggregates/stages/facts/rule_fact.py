"""A fact that rules look at: by name, as it is of a workflow, and by what it was told.

A rule's condition names all facts by which it is met or not, so that whoever asks why is answered
by the very list that decides. What a fact is in words says all of it that a condition hangs on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from aggregates.policy import value_at
from aggregates.stages.stage import listed
from aggregates.workflow import Workflow
from events.catalogue import ActionKind, OwnEvent
from events.github.names import label_key

Page: TypeAlias = Mapping[str, Any]  # what a page showed of a workflow
EventName: TypeAlias = tuple[str, str | None]  # type and action, None: any

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where to look for the event that told a fact: by the first of these that is given.

    ``shown``: what a page showed of it; it was told when that came to be as it is. ``events``: the
    newest of these told it, about the issue or, where it is given, the ``pull_request``; ``which``
    tells those of our own that do. ``policy``: the layer that gives this key. ``position``: the
    lane keeps it. All None: no event did, or none that is known.
    """

    shown: Callable[[Page], object] | None = None
    events: tuple[EventName, ...] = ()
    which: Callable[[OwnEvent], bool] | None = None
    pull_request: int | None = None
    policy: str | None = None
    position: int | None = None


NOWHERE_TOLD = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFact:
    """A fact that rules look at: its name, what it is in words, and by what it was told."""

    name: str
    value: Callable[[Workflow], str]
    told: Callable[[Workflow], Told]


def policy_fact(key: str) -> RuleFact:
    """Return what the policy says by a key, as a fact."""

    def value(workflow: Workflow) -> str:
        return in_words(value_at(workflow.circumstances.policy, key))

    return RuleFact(name=key, value=value, told=lambda _: Told(policy=key))


def in_words(value: object) -> str:
    """Return a value of the policy as people write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return listed(map(str, value)) or NONE
    return NONE if value is None else str(value)


def of_page(*paths: str) -> Callable[[Workflow], Told]:
    """Say that a page shows a fact, in its values at some dotted paths."""

    def shown(page: Page) -> object:
        return [_at(page, path) for path in paths]

    told = Told(shown=shown)
    return lambda _: told


def of_events(
    *events: EventName, which: Callable[[OwnEvent], bool] | None = None
) -> Callable[[Workflow], Told]:
    """Say that the newest of some events about the issue told a fact."""
    told = Told(events=events, which=which)
    return lambda _: told


def at_request(kind: ActionKind) -> Callable[[Workflow], Told]:
    """Say that the newest request of a kind told a fact, if there is one."""

    def told(workflow: Workflow) -> Told:
        asked = workflow.asked(kind)
        return Told(position=asked[-1].position) if asked else NOWHERE_TOLD

    return told


def of_labels(keys: Iterable[str]) -> Told:
    """Say that a fact was told when the issue came to carry any of some labels, or none of them."""
    wanted = frozenset(keys)

    def shown(page: Page) -> object:
        labels: Any = _at(page, "issue.labels") or ()
        return _at(page, "issue.state"), not wanted.isdisjoint(map(label_key, labels))

    return Told(shown=shown)


def _at(page: Page, path: str) -> object:
    value: Any = page
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
