"""Reading a body as JSON."""

import re

import orjson

from events.json_types import Json

_HEX = rb"[0-9a-fA-F]"
# A pair of surrogates, one that is alone, or any other escape.
_ESCAPES = re.compile(
    rb"(\\u[dD][89abAB]%b{2}\\u[dD][c-fC-F]%b{2})|(\\u[dD][89a-fA-F]%b{2})|(\\.)" % ((_HEX,) * 3)
)


def parsed(content: bytes) -> Json:
    """Return what a body says, None where it is no JSON.

    Surrogates that are alone, as a text has them that was cut within an emoji, are replaced; the
    parser would refuse the whole body for one.
    """
    try:
        return _loaded(content)
    except ValueError:
        pass
    try:
        return _loaded(_ESCAPES.sub(_whole, content))
    except ValueError:
        return None


def _loaded(content: bytes) -> Json:
    loaded: Json = orjson.loads(content)
    return loaded


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[2] else escape[0]
