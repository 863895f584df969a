"""The deliveries to send: what a busy repository delivers, in GitHub's shapes and sizes."""

from dataclasses import dataclass

import orjson

from simulator.delivery import sign
from simulator.payloads import a_repository
from simulator.payloads.deliveries import DELIVERIES

SECRET = "bench"  # noqa: S105 (of a server on this machine that lives for seconds)
REPOSITORIES = 20
# How often each comes: mostly checks, as GitHub delivers them. Mean size some 10 KB.
_WEIGHTS = {
    "check_run": 8,
    "check_suite": 4,
    "workflow_run": 3,
    "push": 3,
    "issues": 3,
    "issue_comment": 2,
    "pull_request": 3,
    "pull_request_review": 1,
    "pull_request_review_comment": 1,
    "status": 2,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery ready to be sent."""

    event: str
    body: bytes
    signature: str


def deliveries() -> list[Delivery]:
    """Build one delivery of each kind, as often as it comes, for each repository."""
    return [
        _signed(event, orjson.dumps(DELIVERIES[event](repository=_repository(number))))
        for number in range(REPOSITORIES)
        for event, weight in _WEIGHTS.items()
        for _ in range(weight)
    ]


def _repository(number: int) -> dict[str, object]:
    return a_repository(id=1_000 + number, full_name=f"octo-org/service-{number}")


def _signed(event: str, body: bytes) -> Delivery:
    return Delivery(event, body, sign(body, SECRET))
