"""The JSON Schema of a policy file, for editors and for whoever checks one before it is pushed."""

from collections.abc import Mapping
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
