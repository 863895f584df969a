"""What the API is handed by the wiring."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from aggregates.lane import Lane
from api.background import Background, LostLines
from api.frontend.files import Frontend
from api.metrics import Metrics
from api.pages.desk import SetupDesk
from api.people import People
from api.reads import Reads, Replica
from events.log import EventLog
from events.signature import WebhookSecret
from events.store import Store
from events.wake import Wake
from projections.engine.projection import AnyProjection
from projections.references import GITHUB_COM, Links
from reactions.ports.answers import Repository
from reactions.resync import Observation

TellRequest: TypeAlias = Callable[[dict[str, object], str], None]


class IssueReader(Protocol):
    """Asks GitHub for an issue that an operator names and nothing told of."""

    async def read(self, lane: Lane, repo: Repository, number: int) -> Observation:
        """Return it as an event to be recorded; raises NotNow and what the port raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a request may need.

    ``progress`` is woken with each position that projections reach in this process; ``links`` lead
    to what people see at GitHub; ``issues`` is
    who asks GitHub for an issue now, None where there is no App that could: set-up may bring one,
    and ``webhook_secrets`` with it; ``replica`` is a copy for pages;
    ``people`` recognises who asks; ``setup`` makes the App, None where nothing is set up by pages;
    ``frontend`` is the dashboard as it was built, None where it was not;
    ``tell_request`` logs a request that was served, given what to say of it and its id
    (None: structlog does);
    ``stopping`` is set when the server wants its long-lived answers to end.
    """

    version: str
    log: EventLog
    store: Store
    projections: Sequence[AnyProjection]
    progress: Wake
    links: Links = GITHUB_COM
    issues: Callable[[], IssueReader | None] = lambda: None
    replica: Replica | None = None
    clock: Callable[[], datetime]
    webhook_secrets: Callable[[], tuple[WebhookSecret, ...]]
    people: People
    setup: SetupDesk | None = None
    frontend: Frontend | None = None
    metrics_open: bool
    metrics: Metrics = field(default_factory=Metrics)
    background: Background = field(default_factory=Background)
    lost_lines: Callable[[], LostLines] = LostLines
    tell_request: TellRequest | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reads(self) -> Reads:
        """Where pages are read."""
        return Reads(self.store, self.replica)
