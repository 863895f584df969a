"""A repository that people, Copilot, CI, operators and our conductor work on, drawn by numbers."""

from collections.abc import Callable, Iterator
from functools import partial

from aggregates.decisions import Decision
from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    Json,
    LanePaused,
    LaneResumed,
    Mode,
    ModeSet,
    OwnEvent,
    WorkflowEnqueued,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from tests.aggregates.decisions.conductor import Conductor
from tests.aggregates.decisions.performing import done
from tests.worlds.moves import moves
from tests.worlds.people import another_reviewer, copilot, reviewer
from tests.worlds.pull_request_moves import Move, on_pull_request
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.world import World

_COMMANDS: tuple[Callable[..., OwnEvent], ...] = (
    *(WorkflowRetried, WorkflowEnqueued, WorkflowTakenOver),
    *(WorkflowReleased, WorkflowReleased, WorkflowSkipped),
)
_MODES: tuple[Mode, ...] = ("live", "shadow", "off")
_OUT_OF_ORDER = 5

STEPS = 32 * 9 * 11 * 5 * 7 * 4  # numbers below it, that all choices may meet


class Season:
    """What goes on in one repository; a number says what happens next."""

    def __init__(self, policy: dict[str, Json]) -> None:
        self.world = World()
        self.repository: Repository = self.world.repository("octo-org/rocket")
        self.conductor = Conductor(self.repository.id, policy)
        self._heard = 0
        for _ in range(3):
            self.repository.open_issue("Commands are refused", labels=("status:queued",))

    def go_on(self, number: int, *, hears: bool = True) -> list[Decision] | None:
        """Let something happen, and be heard of; what was decided, if it was deciding."""
        what, which = number % 32, number // 32
        decided: list[Decision] | None = None
        if what < 12:
            self._move(which)
        elif what < 20:
            decided = self.conductor.act()
        elif what < 26:
            self._perform(which)
        elif what < 30:
            self.conductor.let_time_pass(1 + which % 2)
        elif what == 30:
            _choose(moves(self.world), which)()
        else:
            self._command(which)
        if hears:
            self.hear(which)
        return decided

    def _move(self, which: int) -> None:
        """Let Copilot begin, or something happen to a pull request."""
        waiting = [
            issue
            for issue in self.repository.issues
            if copilot in issue.assignees
            and issue.is_open
            and not any(pull.issue is issue for pull in self.repository.pull_requests)
        ]
        if waiting:
            self.repository.copilot_opens(waiting[0])
            return
        pulls = [pull for pull in self.repository.pull_requests if pull.is_open]
        if pulls:
            _choose([[*_usual(pulls[0])], [*_usual(pulls[-1])], *_rare(pulls[0])], which)()

    def _perform(self, which: int) -> None:
        for action_id, decision in self.conductor.under_way[: 1 + which % 3]:
            number = decision.issue_number
            if which % 11 == 1:
                self.conductor.say(
                    ActionFailed(action_id=action_id, issue_number=number, error="no")
                )
            elif which % 11 == 2:
                self.conductor.say(
                    ActionCancelled(action_id=action_id, issue_number=number, why="too late")
                )
            else:
                self.conductor.say(done(self.repository, action_id, decision))

    def _command(self, which: int) -> None:
        conduct = self.conductor.lane.ours
        if conduct.paused:
            self.conductor.say(LaneResumed())
        elif conduct.mode == "off":
            self.conductor.say(ModeSet(mode=None))
        match which % 9:
            case 0:
                self.conductor.say(LanePaused())
            case 1:
                self.conductor.say(ModeSet(mode=_MODES[which // 9 % 3]))
            case _:
                command = _COMMANDS[which % len(_COMMANDS)]
                self.conductor.say(command(issue_number=1 + which // 9 % 4))

    def hear(self, which: int) -> None:
        """Deliver what happened, now and then later, and then backwards."""
        if which % _OUT_OF_ORDER == 0:
            return
        news = self.world.deliveries[self._heard :]
        self.conductor.hear(news[::-1] if which % _OUT_OF_ORDER == 1 else news)
        self._heard = len(self.world.deliveries)


def _usual(pull: PullRequest) -> Iterator[Move]:
    """What Copilot, CI and people mostly do."""
    for conclusion in ("failure", "success"):
        yield partial(go_round, pull, conclusion)
    yield partial(pull.run_check, "test", "success")
    people = [each for each in (reviewer, another_reviewer) if each != pull.author]
    yield from (partial(pull.review, each, "changes_requested") for each in people)
    yield from (partial(pull.review, each, "approved") for each in people)
    yield pull.copilot_review


def go_round(pull: PullRequest, conclusion: str) -> None:
    """Let Copilot push, its check come to a conclusion, and its round end."""
    pull.push()
    pull.run_check("test", conclusion)
    pull.finish_round()


def _rare(pull: PullRequest) -> list[list[Move]]:
    return [[*kind] for kind in on_pull_request(pull)[:3]]


def _choose(kinds: list[list[Move]], which: int) -> Move:
    possible = [kind for kind in kinds if kind]
    if not possible:
        return lambda: None
    kind = possible[which % len(possible)]
    return kind[which // len(possible) % len(kind)]
