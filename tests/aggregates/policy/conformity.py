"""As much of JSON Schema 2020-12 as the policy's schema uses, told apart from what is only said."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

SAID_ONLY = {"$schema", "$id", "title", "description", "default"}
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "type": lambda value, name: type(value) in TYPES[name],
    "const": lambda value, const: value == const and type(value) is type(const),
    "enum": lambda value, enum: value in enum,
    "minimum": lambda value, least: value >= least,
    "maximum": lambda value, most: value <= most,
    "minLength": lambda value, least: len(value) >= least,
    "maxLength": lambda value, most: len(value) <= most,
    "pattern": lambda value, pattern: bool(re.search(pattern.replace("$", r"\Z"), value)),
    "minItems": lambda value, least: len(value) >= least,
    "maxItems": lambda value, most: len(value) <= most,
    "uniqueItems": lambda value, _: all(item not in value[:n] for n, item in enumerate(value)),
    "items": lambda value, schema: all(conforms(item, schema) for item in value),
    "anyOf": lambda value, schemas: any(conforms(value, schema) for schema in schemas),
    "additionalProperties": lambda value, allowed: (
        allowed is False or all(conforms(item, allowed) for item in value.values())
    ),
    "maxProperties": lambda value, most: len(value) <= most,
    "propertyNames": lambda value, schema: all(conforms(key, schema) for key in value),
}


def conforms(value: object, schema: Schema) -> bool:
    """Whether a JSON value is as the schema says; a keyword that is not known here fails."""
    if "type" in schema and not KEYWORDS["type"](value, schema["type"]):
        return False  # the other keywords are about this type
    words = schema.keys() - SAID_ONLY - {"properties"}
    return all(KEYWORDS[word](value, schema[word]) for word in words) and _fields(value, schema)


def _fields(value: object, schema: Schema) -> bool:
    if not isinstance(value, dict) or "properties" not in schema:
        return True
    known = schema["properties"]
    return all(key in known and conforms(item, known[key]) for key, item in value.items())
