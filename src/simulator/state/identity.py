"""Ids that builders do not know."""

import json

from simulator.payloads import Payload


def with_id(thing: Payload, new: int) -> Payload:
    """Give a built thing another id, in its addresses too."""
    text = json.dumps(thing).replace(str(thing["id"]), str(new))
    given: Payload = json.loads(text)
    return given
