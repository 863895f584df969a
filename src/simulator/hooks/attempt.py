"""One attempt at a delivery, as the App's list of deliveries shows it."""

from dataclasses import dataclass

from simulator.payloads.payload import API, Payload

NO_CONNECTION = "failed to connect to host"
TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is to be sent: the same body under the same GUID at every attempt."""

    guid: str
    event: str
    action: str | None
    body: bytes
    payload: Payload
    redelivery: bool = False

    @property
    def installation_id(self) -> int | None:
        """Whose installation it is about."""
        installation = self.payload.get("installation")
        return installation["id"] if installation else None

    @property
    def repository_id(self) -> int | None:
        """In which repository it happened, if in one."""
        repository = self.payload.get("repository")
        return repository["id"] if repository else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attempt; a connection that failed has the code 0. Times are of our clock."""

    status: str
    status_code: int
    delivered_at: str
    duration: float = 0.0
    request_headers: Payload | None = None
    response_headers: Payload | None = None
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A delivery and what came of it."""

    id: int
    delivery: Delivery
    outcome: Outcome

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took it."""
        return self.outcome.status == "OK"

    @property
    def is_listed_as_failure(self) -> bool:
        """Whether the list's filter for failures shows it, which leaves out failed connections."""
        return self.outcome.status_code >= 400  # noqa: PLR2004 (from here on HTTP means an error)

    def snapshot(self) -> Payload:
        """Return it as the list shows it."""
        return {
            "id": self.id,
            "guid": self.delivery.guid,
            "delivered_at": self.outcome.delivered_at,
            "redelivery": self.delivery.redelivery,
            "duration": self.outcome.duration,
            "status": self.outcome.status,
            "status_code": self.outcome.status_code,
            "event": self.delivery.event,
            "action": self.delivery.action,
            "installation_id": self.delivery.installation_id,
            "repository_id": self.delivery.repository_id,
            "throttled_at": None,
        }

    def whole(self, url: str | None) -> Payload:
        """Return it with what was sent to a URL and what was answered."""
        outcome = self.outcome
        request = {"headers": outcome.request_headers, "payload": self.delivery.payload}
        response = {"headers": outcome.response_headers, "payload": outcome.response}
        return self.snapshot() | {"url": url or API, "request": request, "response": response}
