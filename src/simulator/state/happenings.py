"""Where every change is told: once, to whoever listens."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from simulator.clock import Clock
from simulator.payloads import INSTALLATION_ID, Payload
from simulator.payloads.deliveries import TOLD
from simulator.payloads.installations import an_installation_stub
from simulator.state.access import Directory

_WITHOUT_STUB = ("installation", "installation_repositories", "github_app_authorization")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened, as a delivery tells it.

    ``name`` is the same in every run of a story: the event, its action, what it is about and how
    often that was before. ``subject`` is the issue, pull request or check that it is about.
    """

    name: str
    event: str
    action: str | None
    payload: Payload
    subject: object = None

    @property
    def sender(self) -> Payload:
        """Who did it."""
        sender: Payload = self.payload["sender"]
        return sender

    @property
    def repository_id(self) -> int | None:
        """In which repository it happened, if in one."""
        repository = self.payload.get("repository")
        return repository["id"] if repository else None


class Happenings:
    """What happened, and what its objects share: clock, ids, accounts.

    While ``silent``, nobody hears of anything, as before the App had a webhook.
    """

    def __init__(self, clock: Clock, installation_id: int = INSTALLATION_ID) -> None:
        self.clock = clock
        self.installation_id = installation_id
        self.directory = Directory()
        self.silent = False
        self.all: list[Happening] = []
        self._listeners: list[Callable[[Happening], None]] = []
        self._heeding: list[Callable[[object], None]] = []
        self._ids = count(3_000_000_001)
        self._told: Counter[str] = Counter()

    def listen(self, listener: Callable[[Happening], None]) -> None:
        """Tell someone of all that happens from now on; it may plan but not change anything."""
        self._listeners.append(listener)

    def heed(self, listener: Callable[[object], None]) -> None:
        """Tell someone of what no delivery tells: with what it is about."""
        self._heeding.append(listener)

    def note(self, subject: object) -> None:
        """Let who heeds it know of something that no delivery tells."""
        for listener in self._heeding:
            listener(subject)

    def new_id(self) -> int:
        """Return an id greater than all before, as GitHub gives to what it makes."""
        return next(self._ids)

    def tell(
        self,
        event: str,
        action: str | None = None,
        *,
        about: str,
        subject: object = None,
        **body: object,
    ) -> None:
        """Tell of something; ``about`` names what changed, ``body`` goes into the payload."""
        actions = (action,) if action else ()
        if event not in _WITHOUT_STUB:
            body.setdefault("installation", an_installation_stub(self.installation_id))
        story = f"{about} {event}.{action or ''}"
        self._told[story] += 1
        happening = Happening(
            name=f"{story} {self._told[story]}",
            event=event,
            action=action,
            payload=TOLD[event](*actions, **body),
            subject=subject,
        )
        self.directory.know(happening.sender)
        if self.silent:
            return
        self.all.append(happening)
        for listener in self._listeners:
            listener(happening)
