"""What the API is handed by the wiring."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aggregates.lane import Lane
from api.background import Background, LostLines
from api.metrics import Metrics
from events.log import EventLog
from events.signature import WebhookSecret
from events.store import Store
from events.wake import Wake
from projections.engine.projection import AnyProjection
from reactions.ports.answers import Repository
from reactions.resync import Observation


class IssueReader(Protocol):
    """Asks GitHub for an issue that an operator names and nothing told of."""

    async def read(self, lane: Lane, repo: Repository, number: int) -> Observation:
        """Return it as an event to be recorded; raises NotNow and what the port raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a request may need.

    ``progress`` is woken with each position that projections reach in this process; ``issues`` asks
    GitHub for an issue, None where there is no App that could;
    ``stopping`` is set when the server wants its long-lived answers to end.
    """

    version: str
    log: EventLog
    store: Store
    projections: Sequence[AnyProjection]
    progress: Wake
    issues: IssueReader | None = None
    clock: Callable[[], datetime]
    webhook_secrets: tuple[WebhookSecret, ...] = field(repr=False)
    admin_token: str = field(repr=False)
    metrics_open: bool
    metrics: Metrics = field(default_factory=Metrics)
    background: Background = field(default_factory=Background)
    lost_lines: Callable[[], LostLines] = LostLines
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
