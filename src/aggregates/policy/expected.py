"""Bounds in words, as they stand in documents and in what is said of a value that does not fit."""

from collections.abc import Callable, Mapping

from aggregates.policy.schema import Schema


def expected(schema: Schema) -> str:
    """Say what a leaf's schema allows, such as ``a whole number from 0 to 20``."""
    if "anyOf" in schema:
        return ", or ".join(expected(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        *others, last = schema["enum"]
        return f"{', '.join(others)} or {last}"
    if "const" in schema:
        return str(schema["const"])
    return _WORDS[schema["type"]](schema)


def _text(schema: Schema) -> str:
    return f"a text of {_range(schema, 'Length')} characters"


def _list(schema: Schema) -> str:
    return f"a list of {_range(schema, 'Items')} different items, each {expected(schema['items'])}"


def _integer(schema: Schema) -> str:
    return f"a whole number from {schema['minimum']} to {schema['maximum']}"


def _range(schema: Schema, of: str) -> str:
    least, most = schema.get(f"min{of}", 0), schema[f"max{of}"]
    return f"{least} to {most}" if least else f"at most {most}"


_WORDS: Mapping[str, Callable[[Schema], str]] = {
    "string": _text,
    "array": _list,
    "integer": _integer,
    "boolean": lambda _: "true or false",
    "null": lambda _: "null",
}
