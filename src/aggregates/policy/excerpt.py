"""How a file's own words are repeated in what is said of it: a short beginning, safe to store."""

import json
import re

from events.catalogue import Json

_LENGTH = 40
_UNSHOWABLE = re.compile("[\u0000-\u001f\u007f-\u009f\ud800-\udfff]")


def excerpt(text: str, length: int = _LENGTH) -> str:
    """Return the beginning of a text, with what cannot be shown or stored replaced."""
    short = text if len(text) <= length else text[:length] + "…"
    return _UNSHOWABLE.sub("\ufffd", short)


def described(value: Json) -> str:
    """Say what a value is, and the beginning of it."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'the text "{excerpt(value)}"' if value else "an empty text"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a mapping"
    return excerpt(json.dumps(value))
