"""JSON as a column holds it."""

import json
from datetime import datetime

import orjson
from pydantic import BaseModel


def stored_json(value: object) -> str:
    """Write a column's value; a model is the object of its fields, a time is as Python writes it.

    What JSON can say and orjson cannot (a number beyond 64 bits, half of a surrogate pair) is
    written all the same, only slower.
    """
    try:
        return orjson.dumps(value, default=_plain).decode()
    except TypeError:
        return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return vars(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
