"""The webhook of our App: where everything that happens in a world is told."""

import json
from itertools import count
from uuid import NAMESPACE_OID, uuid5

from events.delivery import delivery_event
from events.envelope import NewEvent
from simulator.delivery import headers
from simulator.payloads import Payload
from simulator.payloads.installations import an_installation_stub
from tests.worlds.clock import GitHubClock


class Webhook:
    """Deliveries in the order in which they are sent, to one installation."""

    def __init__(self, installation_id: int) -> None:
        self.installation = an_installation_stub(installation_id)
        self.clock = GitHubClock()
        self.sent: list[tuple[str, Payload]] = []
        self.deliveries: list[NewEvent] = []
        self._ids = count(3_000_000_001)

    def send(self, event: str, payload: Payload) -> None:
        """Send a delivery; its id follows from the installation and its place."""
        place = f"delivery {len(self.sent)} to {self.installation['id']}"
        body = json.dumps(payload).encode()
        sent = headers(event, str(uuid5(NAMESPACE_OID, place)), body, None)
        self.sent.append((event, payload))
        self.deliveries.append(delivery_event({k.lower(): v for k, v in sent.items()}, body))

    def new_id(self) -> int:
        """Return an id greater than all before, as GitHub gives to what it makes."""
        return next(self._ids)


def with_id(thing: Payload, new: int) -> Payload:
    """Give a built thing another id, in its addresses too."""
    text = json.dumps(thing).replace(str(thing["id"]), str(new))
    given: Payload = json.loads(text)
    return given
