"""A policy as leaves: the settings of all sections by dotted path, such as ``ci.max_attempts``."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

from pydantic.fields import FieldInfo

from aggregates.policy.model import Policy, PolicySection
from events.catalogue import Json

Leaves: TypeAlias = Mapping[str, Json]


@cache
def leaves() -> Mapping[str, FieldInfo]:
    """Return every leaf there is, in the order of the model."""
    found: dict[str, FieldInfo] = {}
    for name, field in Policy.model_fields.items():
        section = sections().get(name)
        if section is None:
            found[name] = field
        else:
            found.update({f"{name}.{key}": leaf for key, leaf in section.model_fields.items()})
    return found


@cache
def sections() -> Mapping[str, type[PolicySection]]:
    """Return every section by its name, in the order of the model."""
    return {
        name: field.annotation
        for name, field in Policy.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, PolicySection)
    }


def leaves_of(document: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield what a sparse document says, leaf by leaf; what is no leaf is passed over."""
    for name, value in document.items():
        section = sections().get(name)
        if section is None and name in Policy.model_fields:
            yield name, value
        elif section is not None and isinstance(value, dict):
            known = section.model_fields
            yield from ((f"{name}.{key}", leaf) for key, leaf in value.items() if key in known)


def policy_of(values: Leaves) -> Policy:
    """Return the built-in policy with some leaves changed; raises pydantic's ValidationError.

    A list is only a tuple to a strict model when it comes as JSON.
    """
    document: dict[str, Json] = {}
    for path, value in values.items():
        section, _, key = path.rpartition(".")
        if section:
            document[section] = {**_object(document.get(section)), key: value}
        else:
            document[key] = value
    return Policy.model_validate_json(json.dumps(document))


def value_at(policy: Policy, path: str) -> object:
    """Return the value of one leaf."""
    value: object = policy
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
