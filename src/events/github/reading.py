"""Reading a delivery: every reader of its event reads, and what one cannot read stops no other.

Each noun of GitHub's (issues, checks, …) declares in its own file what it has to contribute.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from events.github.fact import Fact
from events.github.node import FieldError, Node, Problem
from events.json_types import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The facts in a delivery, and what was in the way of others."""

    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()


class Delivered:
    """A parsed delivery: the payload's root, its action, and what most readers ask for."""

    __slots__ = ("_problems", "_repository_id", "action", "repository", "root")

    def __init__(self, action: str | None, payload: JsonObject) -> None:
        self.action = action
        self.root = Node(payload, "$")
        self.repository = self.root.node("repository")
        self._repository_id = self.repository.integer("id")
        self._problems: dict[Problem, None] = {}

    @property
    def repository_id(self) -> int:
        """The repository that the delivery is about; raises FieldError without one."""
        if self._repository_id is None:
            self.repository.refuse("id", "integer")
        return self._repository_id

    @property
    def sender_id(self) -> int | None:
        """Who caused it."""
        return self.root.node("sender").integer("id")

    def each(self, nodes: Iterable[Node], read: Callable[[Node], Fact]) -> list[Fact]:
        """Read one fact in each object, noting those that cannot be read."""
        facts = []
        for node in nodes:
            try:
                facts.append(read(node))
            except FieldError as error:
                self._problems[error.problem] = None
        return facts

    def read(self, readers: Iterable["Reader"]) -> Reading:
        """Let every reader read; what one of them cannot read does not stop the others."""
        facts: list[Fact] = []
        for reader in readers:
            try:
                facts.extend(reader(self))
            except FieldError as error:
                self._problems[error.problem] = None
        return Reading(facts=tuple(facts), problems=tuple(self._problems))


# Gives the facts of one kind in a delivery; raises FieldError when a needed field is unfit.
Reader: TypeAlias = Callable[[Delivered], Iterable[Fact]]

# The keys of an object, each with those of the objects under it; None: a plain value.
Keys: TypeAlias = "Mapping[str, Keys | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """How an object is read that we asked GitHub for ourselves: as ``event`` would deliver it.

    ``keys`` are those that the readers read, and all that an observation keeps.
    """

    event: str
    readers: tuple[Reader, ...]
    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """What one noun contributes: GitHub's events, each with its readers, in the order of the facts.

    ``observed``: by its ``ObservedKind``, what a look at GitHub records of it.
    """

    events: Mapping[str, tuple[Reader, ...]]
    observed: Mapping[str, Observed] = field(default_factory=dict)


def plain(*names: str) -> Keys:
    """Return keys that hold plain values."""
    return dict.fromkeys(names)


USER = plain("id", "login", "type")
