"""Whether a value fits a leaf, and if not, what was expected and what was found."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aggregates.policy.excerpt import described, excerpt
from aggregates.policy.leaves import policy_of
from aggregates.policy.schema import Schema, expected, schema_at
from events.catalogue import Json, PolicyProblem

_OF_KEY = "[key]"  # how pydantic marks a mapping's key


def fits(path: str, value: Json) -> bool:
    """Say whether a leaf may have this value."""
    return problem_at(path, value) is None


def problem_at(path: str, value: Json) -> PolicyProblem | None:
    """Return what is wrong with a leaf's value, and with which item if it is a list."""
    try:
        policy_of({path: value})
    except ValidationError as error:
        return _explained(path, value, error)
    return None


def _explained(path: str, value: Json, error: ValidationError) -> PolicyProblem:
    fault = min(error.errors(include_url=False), key=_is_vague)
    schema: Schema = schema_at(path)
    index = _index(fault)
    if index is not None and isinstance(value, list):
        path, value, schema = f"{path}[{index}]", value[index], _items(schema)
    elif (key := _key(fault, path)) is not None and isinstance(value, dict):
        is_key = fault["loc"][-1] == _OF_KEY
        path, value = f"{path}.{excerpt(key)}", key if is_key else value[key]
        schema = schema["propertyNames" if is_key else "additionalProperties"]
    return PolicyProblem(path=path, message=_sentence(fault, value, schema))


def _is_vague(fault: ErrorDetails) -> bool:
    """Say whether a choice of a union was missed altogether; one nearly met says more."""
    return fault["type"] != "value_error" and _index(fault) is None


def _index(fault: ErrorDetails) -> int | None:
    return next((part for part in fault["loc"] if isinstance(part, int)), None)


def _key(fault: ErrorDetails, path: str) -> str | None:
    """Return at which key of a leaf's mapping something does not fit."""
    parts = fault["loc"][path.count(".") + 1 :]
    return str(parts[0]) if parts else None


def _items(schema: Schema) -> Schema:
    items: Schema = next(choice["items"] for choice in _choices(schema) if "items" in choice)
    return items


def _choices(schema: Schema) -> Sequence[Schema]:
    return [schema, *schema.get("anyOf", ())]


def _sentence(fault: ErrorDetails, value: Json, schema: Schema) -> str:
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] == "string_pattern_mismatch":
        return f"expected no control characters, found {described(value)}"
    return f"expected {expected(schema)}, found {described(value)}{_hint(value, schema)}"


def _hint(value: Json, schema: Schema) -> str:
    wants_text = any("maxLength" in choice for choice in _choices(schema))
    is_scalar = isinstance(value, bool | int | float)
    return "; quotes make a text of it" if wants_text and is_scalar else ""
