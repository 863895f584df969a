"""What is answered to a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.payloads import Payload

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON body (none when it is None) and headers; ``text`` stands in for JSON."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


def refusal(
    status: int,
    message: str,
    *,
    errors: Sequence[object] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Build an error as GitHub shapes it."""
    body: Payload = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    if errors:
        body["errors"] = list(errors)
    return Answer(body, status, headers or {})
