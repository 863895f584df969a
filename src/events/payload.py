"""Reading a delivery's text: JSON, or a form with the JSON in its field ``payload``."""

import json
from math import isfinite
from typing import Never
from urllib.parse import parse_qs

import orjson

from events.errors import MalformedDelivery, UnsupportedMediaType
from events.json_types import JsonObject

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_MAX_FORM_FIELDS = 20
_MAX_DEPTH = 500  # far more than GitHub nests, far less than a parser stumbles over
_MAX_DIGITS = 20  # all that 64 bits can need, sign included
_BOM = "\ufeff"


def media_type(content_type: str) -> str:
    """Return ``JSON`` or ``FORM`` for a Content-Type header; raises UnsupportedMediaType."""
    media = content_type.partition(";")[0].strip().lower()
    if media not in (JSON, FORM):
        raise UnsupportedMediaType(
            "media_type_unsupported",
            f"a delivery is {JSON} or {FORM}; set the webhook's content type to one of them",
        )
    return media


def text_of(body: bytes) -> str:
    """Decode a body; raises MalformedDelivery when it is not UTF-8 text."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise MalformedDelivery("body_not_utf8", "the body is not UTF-8") from error
    if "\0" in text:
        raise MalformedDelivery("body_not_json", "the body contains a NUL character")
    return text


def json_text(text: str, media: str) -> str:
    """Return the JSON in a delivery's text; raises MalformedDelivery when a form has none."""
    return text.removeprefix(_BOM) if media == JSON else _payload_field(text)


def parse(text: str) -> JsonObject:
    """Parse a JSON object, leniently: what orjson refuses is tried with the standard parser.

    Lone surrogates and huge numbers pass (those far beyond 64 bits as a float or null); NaN,
    infinity and very deep nesting do not. Raises MalformedDelivery.
    """
    try:
        parsed = orjson.loads(text)
    except ValueError:
        parsed = _parse_leniently(text)
    if not isinstance(parsed, dict):
        raise MalformedDelivery("body_not_object", "the JSON is not an object")
    return parsed


def _payload_field(text: str) -> str:
    try:
        fields = parse_qs(text, errors="strict", max_num_fields=_MAX_FORM_FIELDS)
    except ValueError as error:
        raise MalformedDelivery("body_not_form", "the form cannot be decoded") from error
    values = fields.get("payload", [])
    if len(values) != 1:
        raise MalformedDelivery("body_not_form", "the form needs one field named payload")
    return values[0]


def _parse_leniently(text: str) -> object:
    try:
        parsed = _LENIENT.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedDelivery("body_not_json", "the body is not JSON") from error
    if _depth_exceeds(parsed, _MAX_DEPTH):
        raise MalformedDelivery("body_not_json", f"nested deeper than {_MAX_DEPTH} levels")
    return parsed


def _refuse_constant(name: str) -> Never:
    raise ValueError(name)


def _bounded_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _finite_float(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None


_LENIENT = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_bounded_int, parse_float=_finite_float
)


def _depth_exceeds(parsed: object, limit: int) -> bool:
    level = [parsed]
    for _ in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
