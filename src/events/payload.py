"""Reading a delivery's text: JSON, or a form with the JSON in its field ``payload``."""

import json
import re
from binascii import a2b_qp
from codecs import BOM_UTF8
from math import isfinite
from typing import Never
from urllib.parse import unquote_to_bytes

import orjson

from events.envelope import LARGE
from events.errors import MalformedDelivery, UnsupportedMediaType
from events.json_types import JsonObject

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_FIELD = "payload"
_MAX_FORM_FIELDS = 20
_UNSOUND = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MAX_DEPTH = 500  # far more than GitHub nests, far less than a parser stumbles over
_MAX_DIGITS = 20  # all that 64 bits can need, sign included
_BOM = "\ufeff"
# What an object, a list and any other value take at most once they are parsed, beside their text;
# a delivery of GitHub's takes two thirds of the bound, should it have 25 MB.
_OBJECT, _LIST, _VALUE = 240, 64, 80  # bytes
_MAX_VALUES = 64 * 1024 * 1024  # bytes
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'


def media_type(content_type: str) -> str:
    """Return ``JSON`` or ``FORM`` for a Content-Type header; raises UnsupportedMediaType."""
    media = content_type.partition(";")[0].strip().lower()
    if media not in (JSON, FORM):
        raise UnsupportedMediaType(
            "media_type_unsupported",
            f"a delivery is {JSON} or {FORM}; set the webhook's content type to one of them",
        )
    return media


def text_of(body: bytes | bytearray) -> str:
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


def json_bytes(body: bytes, media: str) -> bytes:
    """Return the JSON in a delivery's body; raises MalformedDelivery when a form has none."""
    return body.removeprefix(BOM_UTF8) if media == JSON else _payload_field(text_of(body)).encode()


def parse_body(body: bytes | bytearray, media: str) -> JsonObject:
    """Parse a delivery's body as it came; raises MalformedDelivery."""
    if media != JSON:
        return parse(_payload_field(text_of(body)))
    if body.startswith(BOM_UTF8):  # a bytearray's ``removeprefix`` copies in any case
        return parse(body[len(BOM_UTF8) :])
    return parse(body)


def parse(text: str | bytes | bytearray) -> JsonObject:
    """Parse a JSON object, leniently: what orjson refuses is tried with the standard parser.

    Lone surrogates and huge numbers pass (those far beyond 64 bits as a float or null); NaN,
    infinity, very deep nesting, and more values than memory should be given for do not.
    Raises MalformedDelivery.
    """
    if len(text) > LARGE:
        _refuse_too_many_values(text)
    try:
        parsed = orjson.loads(text)
    except ValueError:
        parsed = _parse_leniently(text if isinstance(text, str) else text_of(text))
    if not isinstance(parsed, dict):
        raise MalformedDelivery("body_not_object", "the JSON is not an object")
    return parsed


def _payload_field(text: str) -> str:
    fields = [field.partition("=") for field in text.split("&", _MAX_FORM_FIELDS)]
    if len(fields) > _MAX_FORM_FIELDS:
        raise MalformedDelivery("body_not_form", "the form cannot be decoded")
    try:
        values = [
            _decoded(value) for name, _, value in fields if value and _decoded(name) == _FIELD
        ]
    except ValueError as error:
        raise MalformedDelivery("body_not_form", "the form cannot be decoded") from error
    if len(values) != 1:
        raise MalformedDelivery("body_not_form", "the form needs one field named payload")
    return values[0]


def _decoded(text: str) -> str:
    """Decode what a form encodes; raises ValueError where it is not UTF-8.

    The standard library's way takes seconds and 15 times the memory where all is escaped; where
    escapes are sound, quoted-printable text differs from it by its sign only.
    """
    raw = text.encode().replace(b"+", b" ")
    if _UNSOUND.search(raw):
        return unquote_to_bytes(raw).decode()
    return a2b_qp(raw.replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def _refuse_too_many_values(text: str | bytes | bytearray) -> None:
    """Raise MalformedDelivery for a text that would take beyond measure once it is parsed."""
    if _size(text) <= _MAX_VALUES:
        return
    raw = text.encode(errors="replace") if isinstance(text, str) else text
    if _size(re.sub(_STRING.encode(), b"", raw, flags=re.DOTALL)) > _MAX_VALUES:
        raise MalformedDelivery("body_too_many_values", "the JSON has more values than are read")


def _size(text: str | bytes | bytearray) -> int:
    if isinstance(text, str):
        objects, lists, values = (text.count(each) for each in "{[,")
    else:
        objects, lists, values = (text.count(each) for each in (b"{", b"[", b","))
    return _OBJECT * objects + _LIST * lists + _VALUE * values


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
