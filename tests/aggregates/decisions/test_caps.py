"""Caps and ceilings hold in whatever order GitHub's deliveries and answers come."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane.ours import Asked
from aggregates.lane.spending import STARTING
from aggregates.surroundings import circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.failures import failed_checks, failure_stamp
from aggregates.workflow.questions import Question, questions_of
from events.catalogue import ActionKind, Json, ObservedKind, ResyncObserved, TimerFired, content_of
from events.envelope import ORCHESTRATOR, NewEvent
from events.github.observations import observed_event
from simulator.payloads import INSTALLATION_ID
from tests.aggregates.decisions.policies import UNWATCHED
from tests.aggregates.decisions.season import STEPS, Season, go_round
from tests.aggregates.lane.own_events import BEGIN, placed
from tests.worlds.examples import SOME

LENGTH = 60
KINDS = 31  # of what goes on in a season, but for commands: who retries begins to count anew

caps = st.integers(1, 3)
ceilings = st.none() | caps
policies = st.fixed_dictionaries(
    {
        "mode": st.just("live"),
        "queue": st.fixed_dictionaries({"max_active": caps}),
        "ci": st.fixed_dictionaries(
            {
                "required": st.just(["test"]),
                "settle_seconds": st.just(0),
                "max_attempts": caps,
                "flaky": st.sampled_from(["ask", "rerun_once"]),
            }
        ),
        "review": st.fixed_dictionaries({"quiet_seconds": st.just(0), "max_rounds": caps}),
        "conflicts": st.fixed_dictionaries({"max_attempts": caps}),
        "budget": st.fixed_dictionaries(
            {
                "rounds_per_issue": ceilings,
                "sessions_per_day": ceilings,
                "sessions_per_month": ceilings,
            }
        ),
        "watchdog": st.just(UNWATCHED),
    }
)
seasons = st.randoms(use_true_random=True)


class Storm(Season):
    """A season whose deliveries, and GitHub's answers, come in any order, some of them twice."""

    def __init__(self, policy: dict[str, Json], chance: Random) -> None:
        super().__init__(policy)
        self.conductor.scope = replace(self.conductor.scope, has_app=True)
        self.chance = chance
        self.pending: list[NewEvent] = []
        self._answers = count(1 << 64)

    def goes_on(self) -> None:
        """Let something happen, something be answered, and some of all that be heard of."""
        what = self.chance.randrange(KINDS)
        self.go_on(32 * self.chance.randrange(STEPS // 32) + what, hears=False)
        rounds = [pull for pull in self.repository.pull_requests if pull.is_open]
        if rounds and self.chance.random() < 0.5:
            go_round(self.chance.choice(rounds), "failure")
        if self.chance.random() < 0.5:
            self.conductor.act()
        self._perform(self.chance.randrange(STEPS))
        self.pending += self.world.deliveries[self._heard :]
        self._heard = len(self.world.deliveries)
        self.pending += self.chance.sample(self.world.deliveries, 1)
        self.pending += self._answered()
        self.chance.shuffle(self.pending)
        heard = self.chance.randint(len(self.pending) // 2, len(self.pending))
        self.conductor.hear(self.pending[:heard])
        del self.pending[:heard]

    def _answered(self) -> Iterator[NewEvent]:
        """Yield answers to some of what GitHub is asked, as things stand now."""
        lane, scope = self.conductor.lane, self.conductor.scope
        around = circumstances(lane, scope)
        for number in lane.numbers:
            workflow = workflow_of(lane, around, number)
            for question in questions_of(workflow) if workflow is not None else ():
                if workflow is not None and self.chance.random() < 0.5:
                    yield from self._answer(workflow, question)

    def _answer(self, workflow: Workflow, question: Question) -> Iterator[NewEvent]:
        found = _answer_to(workflow, question, self.chance)
        if found is not None:
            kind, answer = found
            asked_at = BEGIN + timedelta(minutes=self.conductor.position, seconds=30)
            content = ResyncObserved(
                kind=kind,
                object={"asked_at": asked_at.isoformat(), **answer},
                pull_request_number=question.pull_request_number,
            )
            number = UUID(int=next(self._answers))
            yield observed_event(content, number, self.repository.id, INSTALLATION_ID)


def _answer_to(
    workflow: Workflow, question: Question, chance: Random
) -> tuple[ObservedKind, dict[str, Json]] | None:
    pull = workflow.open_pull
    if pull is None:
        return None
    match question.kind:
        case "permission":
            user: dict[str, Json] = {"id": question.user_id, "login": question.login}
            return "permission", {"permission": "write", "user": user}
        case "failure":
            known: dict[str, Json] = {"failed": chance.choice([1, 7]), "of": 50}
            names = [each.name for each in failed_checks(workflow)]
            checks: list[Json] = [{"name": n, "history": known, "run_id": 9} for n in names]
            stamp = failure_stamp(workflow)
            return "failure", {"head_sha": pull.head_sha, "stamp": stamp, "checks": checks}
        case "mergeable":
            base: dict[str, Json] = {"sha": f"{chance.randrange(3):040}", "ref": pull.base_ref}
            may = chance.random() < 0.7
            return "mergeable", {"mergeable": may, "head": {"sha": pull.head_sha}, "base": base}
    return None


@SOME
@given(policy=policies, chance=seasons)
def test_nothing_is_asked_more_often_than_the_policy_lets_it(
    policy: dict[str, Json], chance: Random
) -> None:
    storm = Storm(policy, chance)
    for _ in range(LENGTH):
        storm.goes_on()
        every = asked(storm)
        attempts_are_within(policy, every)
        sessions_are_within(policy["budget"], storm, every)


def asked(storm: Storm) -> Mapping[int, tuple[Asked, ...]]:
    """What was asked for and not called off, by issue."""
    handlings = storm.conductor.lane.ours.handlings
    return {
        number: tuple(each for each in handling.asked if each.outcome != "cancelled")
        for number, handling in handlings.items()
    }


def attempts_are_within(policy: Any, every: Mapping[int, tuple[Asked, ...]]) -> None:  # noqa: ANN401
    most: dict[ActionKind, int] = {
        "ask_to_fix_ci": policy["ci"]["max_attempts"],
        "ask_to_resolve_conflicts": policy["conflicts"]["max_attempts"],
        "ask_to_address_review": policy["review"]["max_rounds"],
    }
    for of_issue in every.values():
        times = Counter(each.kind for each in of_issue)
        assert all(times[kind] <= cap for kind, cap in most.items()), times
        ceiling = policy["budget"]["rounds_per_issue"]
        assert ceiling is None or sum(times[kind] for kind in most) <= ceiling
        heads = Counter(each.head_sha for each in of_issue if each.kind == "rerun_failed_jobs")
        assert max(heads.values(), default=0) <= 1


def sessions_are_within(
    budget: Any,  # noqa: ANN401
    storm: Storm,
    every: Mapping[int, tuple[Asked, ...]],
) -> None:
    """No more were started than in as many days and months as there were, or were said to end."""
    started = [
        e for of in every.values() for e in of if e.kind in STARTING if e.outcome != "failed"
    ]
    days = storm.conductor.position // (24 * 60) + 1  # an event a minute
    for period, ceiling, passed in (
        ("budget_day", budget["sessions_per_day"], days),
        ("budget_month", budget["sessions_per_month"], 1),
    ):
        if ceiling is not None:
            assert len(started) <= ceiling * (passed + ended(storm, period))


def ended(storm: Storm, period: str) -> int:
    """How many periods of a kind were said to be over."""
    said = (e for e in storm.conductor.log.values() if e.source == ORCHESTRATOR)
    told = (content_of(placed(each, 1)) for each in said)
    return len({e.token for e in told if isinstance(e, TimerFired) and e.timer == period})
