"""Whether what was decided is still wanted when its turn comes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

import pytest

from aggregates.acting import ActingUser
from aggregates.decisions import Passed, Relevance, Waits, Wanted, decide, relevance, requested
from aggregates.lane import Lane, evolve
from aggregates.lane.ours import Ours, Pause, PolicyLayer
from aggregates.surroundings import Surroundings
from events.catalogue import ActionKind, ActionRequested, content_of
from events.github.names import COPILOT_REVIEWER_ID
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_dependency,
    a_lane,
    a_mergeable,
    a_pull_request_seen,
    a_request,
    a_review_seen,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    checks_of,
    mentioned,
    minute,
    requests_of,
    seeing,
)
from tests.aggregates.lane.own_events import placed

POLICY = (
    '{"labels":{"sync":false},"merge":{"automatic":true},'
    '"ready":{"when":"green"},"review":{"copilot":true}}'
)
SCOPE = Surroundings(acting={0: ActingUser(100, "ada")})

Change: TypeAlias = Callable[[Lane], Lane]


@dataclass(frozen=True)
class Asked:
    """A lane in which an action was just asked for."""

    lane: Lane
    id: UUID
    content: ActionRequested

    def stands(self, change: Change = lambda lane: lane, scope: Surroundings = SCOPE) -> Relevance:
        return relevance(change(self.lane), scope, self.id, self.content)


def asked(kind: ActionKind) -> Asked:
    lane = LANES[kind]()
    [decision] = [each for each in decide(lane, SCOPE) if each.kind == kind]
    event = placed(requested(lane, SCOPE, decision), 101)
    content = content_of(event)
    assert isinstance(content, ActionRequested)
    return Asked(evolve(lane, event), event.id, content)


def conducted(lane: Lane, document: str = POLICY) -> Lane:
    conduct = Ours(mode="live", policy=PolicyLayer(document), handlings=lane.ours.handlings)
    return replace(lane, ours=conduct)


def at_work(conclusion: str, *reviews: object, draft: bool = False) -> Lane:
    """Copilot's pull request after its round, with a check and perhaps reviews."""
    pull = a_pull_request_seen(draft=draft)
    return conducted(
        a_lane(
            pull,
            issue=an_assigned_issue(),
            assignments={ISSUE: an_assignment()},
            finished={PULL: minute(9)},
            commits={HEAD: checks_of(a_check(conclusion=conclusion))},
            reviews={PULL: dict(enumerate(reviews, 1))},
        )
    )


def labelled() -> Lane:
    return conducted(a_lane(issue=an_assigned_issue()), POLICY.replace("false", "true"))


LANES: dict[ActionKind, Callable[[], Lane]] = {
    "assign": lambda: conducted(a_lane(issue=an_issue_seen())),
    "ask_to_fix_ci": lambda: at_work("failure"),
    "ask_to_address_review": lambda: at_work("success", a_review_seen("changes_requested")),
    "ask_to_resolve_conflicts": lambda: seeing(at_work("success"), mergeable={PULL: a_mergeable()}),
    "mark_ready": lambda: at_work("success", draft=True),
    "request_copilot_review": lambda: at_work("success"),
    "merge": lambda: at_work(
        "success",
        a_review_seen("approved"),
        a_review_seen("commented", id=2, author=COPILOT_REVIEWER_ID),
    ),
    "set_label": labelled,
    "hand_to_person": lambda: conducted(
        a_lane(
            a_pull_request_seen(20),
            a_pull_request_seen(21),
            issue=an_assigned_issue(),
            assignments={ISSUE: an_assignment()},
        )
    ),
}


def seen(**changes: object) -> Change:
    return lambda lane: seeing(lane, **changes)


def pull_is(**changes: object) -> Change:
    pull = replace(a_pull_request_seen(draft=False), **changes)  # type: ignore[arg-type]
    return seen(pull_requests={PULL: pull})


def check_is(conclusion: str | None) -> Change:
    return seen(commits={HEAD: checks_of(a_check(conclusion=conclusion))})


def policy_is(old: str, new: str) -> Change:
    def change(lane: Lane) -> Lane:
        policy = PolicyLayer(lane.ours.policy.document.replace(old, new))
        return replace(lane, ours=replace(lane.ours, policy=policy))

    return change


def another_goes_first(lane: Lane) -> Lane:
    ours = replace(lane.ours, order=(2,))
    return seeing(replace(lane, ours=ours), issues={**lane.seen_issues, 2: an_issue_seen(2)})


@pytest.mark.parametrize("kind", LANES)
def test_what_was_just_decided_is_wanted(kind: ActionKind) -> None:
    assert asked(kind).stands() == Wanted()


@pytest.mark.parametrize("kind", LANES)
def test_nothing_is_done_while_it_is_paused(kind: ActionKind) -> None:
    paused = replace(SCOPE, pauses={0: Pause(5, "a release")})
    assert asked(kind).stands(scope=paused) == Waits("everything is paused")


@pytest.mark.parametrize("kind", ["assign", "ask_to_fix_ci", "ask_to_address_review", "mark_ready"])
def test_what_only_a_person_may_do_is_called_off_without_one(kind: ActionKind) -> None:
    assert asked(kind).stands(scope=Surroundings()) == Passed("there is no acting user")


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("assign", another_goes_first),
        ("assign", seen(issues={ISSUE: an_issue_seen(labels=())})),
        ("assign", seen(dependencies={ISSUE: {"7#2": a_dependency(2)}})),
        ("ask_to_fix_ci", check_is("success")),
        ("ask_to_fix_ci", check_is(None)),
        ("ask_to_fix_ci", pull_is(head_sha="b" * 40)),
        ("ask_to_fix_ci", pull_is(state="closed")),
        ("ask_to_address_review", seen(reviews={PULL: {}})),
        ("ask_to_address_review", seen(reviews={PULL: {2: a_review_seen("approved")}})),
        ("mark_ready", pull_is()),
        ("mark_ready", check_is("failure")),
        ("mark_ready", policy_is("green", "never")),
        ("mark_ready", seen(mentions={PULL: mentioned(10)})),
        ("request_copilot_review", policy_is('"copilot":true', '"copilot":false')),
        (
            "request_copilot_review",
            seen(requests={PULL: requests_of(a_request(COPILOT_REVIEWER_ID))}),
        ),
        (
            "request_copilot_review",
            seen(reviews={PULL: {9: a_review_seen("commented", author=COPILOT_REVIEWER_ID)}}),
        ),
        ("merge", policy_is('"automatic":true', '"automatic":false')),
        ("merge", policy_is('"automatic":true', '"automatic":true,"method":"rebase"')),
        ("assign", policy_is('"merge"', '"copilot":{"model":"another"},"merge"')),
        ("merge", seen(reviews={PULL: {1: a_review_seen("changes_requested")}})),
        ("merge", check_is(None)),
        ("merge", pull_is(merged=True, state="closed")),
        ("set_label", seen(issues={ISSUE: an_assigned_issue(state="closed")})),
        ("hand_to_person", seen(pull_requests={20: a_pull_request_seen(20)})),
    ],
)
def test_what_would_not_be_decided_any_more_is_called_off(kind: ActionKind, change: Change) -> None:
    assert isinstance(asked(kind).stands(change), Passed)


@pytest.mark.parametrize("kind", LANES)
def test_what_is_called_off_is_not_decided_again_at_once(kind: ActionKind) -> None:
    """Or the two would answer each other for ever."""
    request = asked(kind)
    for change in (check_is(None), pull_is(head_sha="b" * 40), another_goes_first):
        if not isinstance(request.stands(change), Passed):
            continue
        lane = change(LANES[kind]())
        same = [each for each in decide(lane, SCOPE) if each.kind == kind]
        token = request.content.token
        assert (ISSUE, token) not in [(each.issue_number, each.token) for each in same]
