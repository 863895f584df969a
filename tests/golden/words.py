"""What operators and policy files say, drawn by chance."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from events.catalogue import (
    About,
    ActingUserSet,
    ActingUserUnset,
    AppIdentified,
    Json,
    LanePaused,
    LaneResumed,
    Layer,
    Mode,
    ModeSet,
    OwnEvent,
    PolicyChanged,
    PolicyProblem,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
    WorkflowEnqueued,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
    own_event,
)
from events.envelope import OPERATOR, ORCHESTRATOR, NewEvent
from events.identity import keyed_id
from simulator.payloads import a_user
from tests.worlds.people import maintainer, reviewer

_WORKFLOW = (
    *(WorkflowEnqueued, WorkflowSkipped, WorkflowRetried, WorkflowTakenOver),
    *(WorkflowReleased, WorkflowReleased, WorkflowEnqueued),
)
_POLICY_MODES: tuple[Mode, ...] = ("live", "live", "live", "live", "shadow")
_URGENT: Json = ["urgent", "bug"]
_REQUIRED: tuple[Json, ...] = ("auto", ["test"], ["test", "lint"], [])
_SCOPE = (ScopePaused, ScopeResumed)
_MODES: tuple[Mode | None, ...] = ("live", "shadow", "off", "live")


@dataclass
class Words:
    """Says things about repositories and installations; each event's id follows from its place."""

    random: Random

    def __post_init__(self) -> None:
        self._ids = count(1)
        self._undoing: list[tuple[OwnEvent, About]] = []

    def begin(self, lanes: list[About]) -> Iterator[NewEvent]:
        """Say what holds from the beginning: two lanes are live, the others look on."""
        yield self._policy(
            "server", About(), {"ci": {"settle_seconds": 30}, "labels": {"sync": True}}
        )
        for place, lane in enumerate(lanes[:3]):
            mode: Mode = "shadow" if place == 2 else "live"
            document: dict[str, Json] = {"mode": mode, "queue": {"max_active": 3}}
            yield self._policy("repository", lane, document | {"merge": {"automatic": place == 0}})
        yield self._said(ActingUserSet(user_id=maintainer["id"], login="mona-maintains"), About())
        app = a_user("copilot-orchestrator[bot]", type="Bot")
        identified = AppIdentified(user_id=app["id"], login=app["login"], signs=False)
        yield self._said(identified, About())

    def command(self, lane: About, numbers: list[int]) -> NewEvent:
        """Give a command about a lane or an issue; what holds up is mostly undone soon."""
        if self._undoing and self.random.random() < 0.6:
            return self._said(*self._undoing.pop(self.random.randrange(len(self._undoing))))
        luck = self.random.random()
        if luck < 0.1:
            return self._pause(lane)
        if luck < 0.2:
            self._undoing.append((ModeSet(mode=None, reason="as the policy says"), lane))
            return self._said(ModeSet(mode=self.random.choice(_MODES), reason="as agreed"), lane)
        if luck < 0.35:
            order = tuple(self.random.choices(numbers, k=min(4, len(numbers)))) if numbers else ()
            return self._said(QueueReordered(order=order), lane)
        number = self.random.choice(numbers) if numbers and luck < 0.95 else 900 + len(numbers)
        return self._workflow(lane, number)

    def around(self, lane: About) -> NewEvent:
        """Change what holds for an installation or for everything."""
        whose = self.random.choice((About(), About(installation_id=lane.installation_id)))
        match self.random.randrange(8):
            case 0 | 1:
                return self._pause(whose)
            case 2:
                who = self.random.choice((maintainer, reviewer))
                return self._said(ActingUserSet(user_id=who["id"], login=who["login"]), whose)
            case 3:
                return self._said(ActingUserUnset(), whose)
            case 4:
                return self._policy("server", About(), self._document(None))
            case 5:
                installation = About(installation_id=lane.installation_id)
                return self._policy("installation", installation, self._document(None))
            case _:
                mode = self.random.choice(_POLICY_MODES)
                return self._policy("repository", lane, self._document(mode))

    def acting(self) -> NewEvent:
        """Have somebody act everywhere, so that nothing rests for long."""
        return self._said(
            ActingUserSet(user_id=maintainer["id"], login=maintainer["login"]), About()
        )

    def unseen(self, lane: About, number: int) -> NewEvent:
        """Enqueue an issue that no delivery has told of."""
        return self._said(WorkflowEnqueued(issue_number=number), lane)

    def id_parts(self) -> str:
        """Return a key that was not used before."""
        return f"golden:{next(self._ids)}"

    def _workflow(self, lane: About, number: int) -> NewEvent:
        kind = self.random.choice(_WORKFLOW)
        about = replace(lane, issue_number=number)
        if kind is WorkflowSkipped or kind is WorkflowTakenOver:
            undo = WorkflowReleased if kind is WorkflowTakenOver else WorkflowEnqueued
            self._undoing.append((undo(issue_number=number), about))
        return self._said(kind(issue_number=number, reason="for reasons"), about)

    def _pause(self, whose: About) -> NewEvent:
        pause, resume = (LanePaused, LaneResumed) if whose.repository_id else _SCOPE
        self._undoing.append((resume(reason="it is out"), whose))
        return self._said(pause(reason="a release is under way"), whose)

    def _policy(self, layer: Layer, whose: About, document: dict[str, Json]) -> NewEvent:
        wrong = self._undoing and self.random.random() < 0.2
        problem = PolicyProblem(path="ci.max_attempts", message="expected at most 20, found 99")
        content = PolicyChanged(
            layer=layer,
            origin=".github/copilot-orchestrator.yml",
            commit=f"{self.random.getrandbits(160):040x}",
            content="ci: {max_attempts: 99}" if wrong else str(document),
            document=None if wrong else document,
            problems=(problem,) if wrong else (),
        )
        return own_event(content, keyed_id(self.id_parts()), source=ORCHESTRATOR, about=whose)

    def _document(self, mode: Mode | None) -> dict[str, Json]:
        chosen = self.random.choice
        document: dict[str, Json] = {
            "queue": {"max_active": chosen((1, 2, 3)), "priority_labels": _URGENT},
            "ci": {
                "required": chosen(_REQUIRED),
                "settle_seconds": chosen((0, 30, 60)),
                "max_attempts": chosen((3, 2, 1)),
            },
            "review": {
                "quiet_seconds": chosen((0, 60, 120)),
                "approvals": chosen((0, 1, 1, 2)),
                "max_rounds": chosen((3, 2, 1)),
                "copilot": chosen((True, False)),
                "address_copilot": chosen((True, False)),
            },
            "ready": {"when": chosen(("green", "finished", "never"))},
            "merge": {"automatic": chosen((True, False)), "method": chosen(("squash", "merge"))},
            "labels": {"sync": chosen((True, True, False)), "prefix": chosen(("status:", "flow/"))},
            "watchdog": {"no_pull_request_minutes": chosen((30, 5, None))},
        }
        kept = self.random.sample(sorted(document), self.random.randint(2, len(document)))
        sparse = {name: document[name] for name in kept}
        return sparse if mode is None else {"mode": mode, **sparse}

    def _said(self, content: OwnEvent, about: About) -> NewEvent:
        event_id = keyed_id(self.id_parts())
        return own_event(content, event_id, source=OPERATOR, about=about, by="ada")
