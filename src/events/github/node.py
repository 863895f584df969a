"""Reading the fields of one JSON object: optional ones are None, needed ones raise."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from events.json_types import Json, JsonObject
from events.scalars import excerpt, flag, integer, moment, text

MAX_ITEMS = 100  # of a list; GitHub lets an issue have as many labels, and ten assignees
_NOTHING: JsonObject = {}
_NAME = 255
_SHA = 64  # as an action keeps of a head: by a longer one nothing could be decided
_KINDS: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
    type(None): "null",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fact that could not be read, for want of one field; never holds payload text."""

    path: str
    expected: str
    found: str


class FieldError(Exception):
    """A field that a fact needs is missing or unfit; caught by the reading, never let out."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class Node:
    """One JSON object and the path to it, which is only spelled out for a problem.

    ``path`` is that of the root, or what leads to it from the node ``above``.
    """

    __slots__ = ("_above", "_path", "json")

    def __init__(self, json: JsonObject, path: str, above: "Node | None" = None) -> None:
        self.json = json
        self._path = path
        self._above = above

    @property
    def path(self) -> str:
        """The path from the root."""
        return self._path if self._above is None else f"{self._above.path}.{self._path}"

    def integer(self, key: str) -> int | None:
        """Return an integer of at most 64 bits."""
        return integer(self.json.get(key))

    def flag(self, key: str) -> bool | None:
        """Return a boolean."""
        return flag(self.json.get(key))

    def name(self, key: str, limit: int = _NAME) -> str | None:
        """Return a text that names something; one longer than ``limit`` is no value."""
        return text(self.json.get(key), limit)

    def moment(self, key: str) -> datetime | None:
        """Return a time in UTC."""
        return moment(self.json.get(key))

    def text(self, key: str, limit: int) -> str | None:
        """Return the beginning of a free text."""
        return excerpt(self.json.get(key), limit)

    def node(self, key: str) -> "Node":
        """Return the object under a key; one without fields when there is none."""
        child = self.json.get(key)
        return Node(child if isinstance(child, dict) else _NOTHING, key, self)

    def nodes(self, key: str, limit: int = MAX_ITEMS) -> list["Node"]:
        """Return the objects among the first items of a list."""
        children = self.json.get(key)
        if not isinstance(children, list):
            return []
        path = f"{key}[]"
        return [Node(child, path, self) for child in children[:limit] if isinstance(child, dict)]

    def need_integer(self, key: str) -> int:
        """Return an integer of at most 64 bits; raises FieldError."""
        value = integer(self.json.get(key))
        return value if value is not None else self.refuse(key, "integer")

    def need_flag(self, key: str) -> bool:
        """Return a boolean; raises FieldError."""
        value = flag(self.json.get(key))
        return value if value is not None else self.refuse(key, "boolean")

    def need_name(self, key: str) -> str:
        """Return a text that names something; raises FieldError."""
        value = text(self.json.get(key), _NAME)
        return value if value is not None else self.refuse(key, f"text up to {_NAME} long")

    def need_sha(self, key: str) -> str:
        """Return a commit's name, by whichever hash; raises FieldError."""
        value = text(self.json.get(key), _SHA)
        return value if value is not None else self.refuse(key, f"text up to {_SHA} long")

    def need_text(self, key: str, limit: int) -> str:
        """Return the beginning of a free text; raises FieldError."""
        value = excerpt(self.json.get(key), limit)
        return value if value is not None else self.refuse(key, "text")

    def need_moment(self, key: str) -> datetime:
        """Return a time in UTC; raises FieldError."""
        value = moment(self.json.get(key))
        return value if value is not None else self.refuse(key, "time")

    def need_node(self, key: str) -> "Node":
        """Return the object under a key; raises FieldError."""
        child = self.json.get(key)
        if isinstance(child, dict):
            return Node(child, key, self)
        return self.refuse(key, "object")

    def need_list(self, key: str) -> list[Json]:
        """Return the first hundred items of a list; raises FieldError."""
        items = self.json.get(key)
        return items[:MAX_ITEMS] if isinstance(items, list) else self.refuse(key, "list")

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Raise FieldError for the field under a key."""
        found = kind_of(self.json[key]) if key in self.json else "missing"
        raise FieldError(Problem(path=f"{self.path}.{key}", expected=expected, found=found))


def kind_of(value: object) -> str:
    """Return the JSON name of a value's type."""
    return _KINDS.get(type(value), "something else")
