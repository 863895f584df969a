"""A parsed delivery as the readers of facts are handed it."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from events.github.fact import Fact
from events.github.node import FieldError, Node
from events.github.reading import Problem, Reading
from events.json_types import JsonObject


class Delivered:
    """The payload's root, its action, and what most readers ask for."""

    __slots__ = ("_problems", "action", "repository", "root", "sender_id")

    def __init__(self, action: str | None, payload: JsonObject) -> None:
        self.action = action
        self.root = Node(payload, "$")
        self.repository = self.root.node("repository")
        self.sender_id = self.root.node("sender").integer("id")
        self._problems: dict[Problem, None] = {}

    @property
    def repository_id(self) -> int:
        """The repository that the delivery is about; raises FieldError without one."""
        return self.repository.need_integer("id")

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
