"""Answering what a GraphQL document selects from nodes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from simulator.graphql.language import Field, Fragment

Arguments: TypeAlias = dict[str, Any]


class Faulty(Exception):
    """Something in the document cannot be answered; ``kind`` is GitHub's word for why."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Node:
    """An object of a type; its fields are values, or functions of their arguments."""

    type: str
    fields: Mapping[str, object]
    interfaces: Sequence[str] = field(default=())


def connection(listed: Callable[[], Sequence[Node]]) -> Callable[[Arguments], Node]:
    """Build a list as GitHub's connections give it: made when asked for, cut at ``first``."""

    def cut(arguments: Arguments) -> Node:
        nodes = listed()
        first = arguments.get("first")
        shown = list(nodes) if first is None else list(nodes)[:first]
        page = Node("PageInfo", {"hasNextPage": len(shown) < len(nodes), "endCursor": None})
        fields = {"nodes": shown, "totalCount": len(nodes), "pageInfo": page}
        return Node("Connection", fields)

    return cut


def select(value: object, selections: Sequence[Field | Fragment]) -> object:
    """Return what is selected of a value: of each item of a list, of a node's fields."""
    if isinstance(value, list):
        return [select(each, selections) for each in value]
    if not isinstance(value, Node):
        return value
    return _selected(value, selections)


def _selected(value: Node, selections: Sequence[Field | Fragment]) -> dict[str, object]:
    found: dict[str, object] = {}
    for selection in selections:
        if isinstance(selection, Field):
            found[selection.alias] = _field(value, selection)
        elif selection.on in (None, value.type, *value.interfaces):
            found |= _selected(value, selection.selections)
    return found


def _field(node: Node, asked: Field) -> object:
    if asked.name == "__typename":
        return node.type
    if asked.name not in node.fields:
        raise Faulty(f"Field '{asked.name}' doesn't exist on type '{node.type}'", "undefinedField")
    value = node.fields[asked.name]
    return select(value(asked.arguments) if callable(value) else value, asked.selections)
