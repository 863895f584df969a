"""Reading a GraphQL document: enough of the language for queries and mutations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Variables: TypeAlias = Mapping[str, Any]

_TOKEN = re.compile(
    r'"""(?P<block>.*?)"""|"(?P<string>(?:\\.|[^"\\])*)"|(?P<other>\.\.\.|[{}()\[\]:$!@=]'
    r"|-?\d+(?:\.\d+)?|\w+)",
    re.DOTALL,
)
_COMMENT = re.compile(r'#[^\n"]*$', re.MULTILINE)
_PLAIN = {"true": True, "false": False, "null": None}


class SyntaxFault(Exception):
    """The document is not GraphQL, or more of it than is understood here."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is asked for, with its arguments and what is asked of it."""

    name: str
    alias: str
    arguments: dict[str, Any]
    selections: "list[Field | Fragment]"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Fields that are asked of a type only."""

    on: str | None
    selections: "list[Field | Fragment]"


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    variables: dict[str, Any]
    spreads: dict[str, Fragment] = field(default_factory=dict)

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, expected: str | None = None) -> str:
        token = self.next
        if not token or (expected is not None and token != expected):
            raise SyntaxFault(f"Expected {expected or 'more'}, actual: {token or 'end of file'}")
        return self.tokens.pop(0)

    def takes(self, token: str) -> bool:
        if self.next == token:
            self.tokens.pop(0)
            return True
        return False


def read_document(text: str, variables: Variables) -> tuple[str, list[Field | Fragment]]:
    """Return the first operation's kind and what it selects, or raise SyntaxFault."""
    reader = _Reader(_tokens(text), dict(variables))
    operations: list[tuple[str, list[Field | Fragment]]] = []
    while reader.next:
        if reader.next == "fragment":
            _named_fragment(reader)
        else:
            operations.append(_operation(reader))
    if not operations:
        raise SyntaxFault("A query attribute must be specified and must be a string.")
    return operations[0]


def _tokens(text: str) -> list[str]:
    plain = _COMMENT.sub("", text)
    found = _TOKEN.finditer(plain)
    return [
        each["other"]
        if each["other"] is not None
        else '"' + (each["block"] or each["string"] or "")
        for each in found
    ]


def _operation(reader: _Reader) -> tuple[str, list[Field | Fragment]]:
    if reader.next == "{":
        return "query", _selections(reader)
    kind = reader.take()
    if kind not in ("query", "mutation"):
        raise SyntaxFault(f"Expected query or mutation, actual: {kind}")
    if reader.next not in ("(", "{"):
        reader.take()
    if reader.takes("("):
        while not reader.takes(")"):
            _variable_definition(reader)
    return kind, _selections(reader)


def _variable_definition(reader: _Reader) -> None:
    reader.take("$")
    name = reader.take()
    reader.take(":")
    while reader.next not in ("$", ")", "="):
        reader.take()
    default = _value(reader) if reader.takes("=") else None
    reader.variables.setdefault(name, default)


def _named_fragment(reader: _Reader) -> None:
    reader.take("fragment")
    name = reader.take()
    reader.take("on")
    on = reader.take()
    selections = _selections(reader)
    known = reader.spreads.setdefault(name, Fragment(on, []))
    known.selections.append(Fragment(on, selections))


def _selections(reader: _Reader) -> list[Field | Fragment]:
    reader.take("{")
    found: list[Field | Fragment] = []
    while not reader.takes("}"):
        found.append(_fragment(reader) if reader.takes("...") else _field(reader))
    return found


def _fragment(reader: _Reader) -> Fragment:
    if reader.takes("on"):
        return Fragment(reader.take(), _selections(reader))
    if reader.next == "{":
        return Fragment(None, _selections(reader))
    name = reader.take()  # its definition may come later: it is filled then
    return reader.spreads.setdefault(name, Fragment(None, []))


def _field(reader: _Reader) -> Field:
    alias = name = reader.take()
    if reader.takes(":"):
        name = reader.take()
    arguments: dict[str, Any] = {}
    if reader.takes("("):
        while not reader.takes(")"):
            argument = reader.take()
            reader.take(":")
            arguments[argument] = _value(reader)
    return Field(name, alias, arguments, _selections(reader) if reader.next == "{" else [])


def _value(reader: _Reader) -> object:
    start = reader.take()
    if start == "$":
        return reader.variables.get(reader.take())
    if start == "[":
        values = []
        while not reader.takes("]"):
            values.append(_value(reader))
        return values
    if start == "{":
        return _object(reader)
    if start.startswith('"'):
        return start[1:].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
    return int(start) if start.lstrip("-").isdecimal() else _PLAIN.get(start, start)


def _object(reader: _Reader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    while not reader.takes("}"):
        name = reader.take()
        reader.take(":")
        values[name] = _value(reader)
    return values
