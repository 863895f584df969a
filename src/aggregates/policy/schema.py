"""The JSON Schema of a policy file, for editors and checks, and what it allows in words."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel

from aggregates.policy.leaves import sections
from aggregates.policy.model import Policy
from events.catalogue import Json

Schema: TypeAlias = Mapping[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "policy.schema.json"
_TITLE = "Policy of the Copilot Workflow Orchestrator"
_DESCRIPTION = "Every key is optional; what is absent is left to the weaker layers."


def policy_schema() -> dict[str, Json]:
    """Return the schema of the file, JSON Schema 2020-12, without references."""
    return {
        "$schema": _DIALECT,
        "$id": _ID,
        "title": _TITLE,
        "description": _DESCRIPTION,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: _section(sections()[name]) if name in sections() else schema_at(name)
            for name in Policy.model_fields
        },
    }


def schema_at(path: str) -> dict[str, Json]:
    """Return the schema of one leaf."""
    section, _, key = path.rpartition(".")
    return _properties(sections()[section] if section else Policy)[key]


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


def _section(section: type[BaseModel]) -> dict[str, Json]:
    return {
        "description": section.__doc__,
        "type": "object",
        "additionalProperties": False,
        "properties": {**_properties(section)},
    }


@cache
def _properties(section: type[BaseModel]) -> dict[str, dict[str, Json]]:
    """Return the schema of each field without its title, which only repeats the name."""
    properties = section.model_json_schema()["properties"]
    return {
        key: {word: value for word, value in schema.items() if word != "title"}
        for key, schema in properties.items()
    }


def _text(schema: Schema) -> str:
    return f"a text of {_range(schema, 'Length')} characters"


def _list(schema: Schema) -> str:
    return f"a list of {_range(schema, 'Items')} different items, each {expected(schema['items'])}"


def _mapping(schema: Schema) -> str:
    value = expected(schema["additionalProperties"])
    return f"a mapping of at most {schema['maxProperties']} labels, each to {value}"


def _integer(schema: Schema) -> str:
    return f"a whole number from {schema['minimum']} to {schema['maximum']}"


def _range(schema: Schema, of: str) -> str:
    least, most = schema.get(f"min{of}", 0), schema[f"max{of}"]
    return f"{least} to {most}" if least else f"at most {most}"


_WORDS: Mapping[str, Callable[[Schema], str]] = {
    "string": _text,
    "array": _list,
    "object": _mapping,
    "integer": _integer,
    "boolean": lambda _: "true or false",
    "null": lambda _: "null",
}
