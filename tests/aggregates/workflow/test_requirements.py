"""`ci.required: auto` asks for what GitHub requires of the branch that the work is merged into."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, fold, initial_state
from aggregates.lane.merging import BRANCHES
from aggregates.policy import Policy
from aggregates.workflow import CheckVerdict
from events.catalogue import Json, ResyncObserved
from events.envelope import Event
from events.github import Fact, RequirementsSeen
from events.github.observations import observed_event
from events.identity import keyed_id
from projections.engine.runner import read_event
from tests.aggregates.builders import (
    HEAD,
    REPOSITORY,
    a_check,
    a_lane,
    a_pull_request_seen,
    a_workflow,
    checks_of,
    minute,
)
from tests.projections.builders import placed


def requiring(*checks: tuple[str, int | None], branch: str = "main") -> RequirementsSeen:
    return RequirementsSeen(
        repository_id=REPOSITORY, branch=branch, readable=True, checks=checks, read_at=minute(1)
    )


def verdict_with(*required: RequirementsSeen, policy: Policy | None = None) -> CheckVerdict:
    """What a failed `lint` and a passed `test` of App 3 say of work that goes into main."""
    checks = checks_of(a_check("test", app=3), a_check("lint", "failure", app=3))
    lane = a_lane(a_pull_request_seen(), commits={HEAD: checks})
    known = {seen.branch: seen for seen in required}
    return a_workflow(replace(lane, requirements=known), policy).checks


def test_only_what_the_base_branch_requires_counts_and_the_rest_is_optional() -> None:
    says = verdict_with(requiring(("test", None)))
    assert says == CheckVerdict(passed=("test",), optional=("lint",))
    assert says.green


def test_what_is_required_and_never_reported_is_missing() -> None:
    says = verdict_with(requiring(("test", None), ("deploy", None)))
    assert (says.missing, says.green) == (("deploy",), False)


def test_what_another_branch_requires_asks_for_nothing() -> None:
    assert verdict_with(requiring(("test", None), branch="develop")).failed == ("lint",)


def test_where_nothing_is_required_or_to_be_read_every_check_counts() -> None:
    assert verdict_with().failed == ("lint",)
    assert verdict_with(requiring()).failed == ("lint",)
    assert verdict_with(replace(requiring(), readable=False)).failed == ("lint",)


def test_only_the_app_that_is_named_can_give_what_is_required() -> None:
    assert verdict_with(requiring(("test", 3))).passed == ("test",)
    says = verdict_with(requiring(("test", 4)))
    assert (says.missing, says.passed) == (("test",), ())


def test_a_policy_that_names_checks_asks_for_these() -> None:
    policy = Policy.model_validate({"ci": {"required": ("lint",)}})
    assert verdict_with(requiring(("test", None)), policy=policy).failed == ("lint",)


def observed(branch: str, name: str, at: float, position: int) -> tuple[Event, tuple[Fact, ...]]:
    whole: dict[str, Json] = {"branch": branch, "readable": True, "checks": [{"context": name}]}
    content = ResyncObserved(kind="requirements", object=whole, settled_at=minute(at))
    new = observed_event(content, keyed_id(f"{branch} {name} {at}"), REPOSITORY, 5)
    read = read_event(placed(new, position))
    return read.event, read.facts


def told(*observations: tuple[str, str, float]) -> Lane:
    lane = initial_state(REPOSITORY)
    for position, each in enumerate(observations, start=1):
        event, facts = observed(*each, position)
        lane = fold(lane, event, facts).lane
    return lane


def test_a_change_of_what_is_required_concerns_every_workflow() -> None:
    lane = told(("main", "test", 1))
    event, facts = observed("main", "lint", 2, 2)
    folded = fold(lane, event, facts)
    assert folded.touched.everything
    assert folded.lane.requirements["main"].checks == (("lint", None),)


_OBSERVATIONS = st.lists(
    st.tuples(
        st.sampled_from([f"branch {n}" for n in range(BRANCHES + 3)]),
        st.sampled_from(["test", "lint"]),
        st.integers(0, 40),
    ),
    max_size=40,
)


@given(_OBSERVATIONS.flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen))))
def test_the_newest_of_each_branch_is_known_in_whatever_order_it_is_told(
    orders: tuple[list[tuple[str, str, float]], list[tuple[str, str, float]]],
) -> None:
    one, other = (told(*each) for each in orders)
    assert one.requirements == other.requirements
    assert len(one.requirements) <= BRANCHES


def test_what_was_read_long_ago_is_forgotten_first() -> None:
    lane = told(*((f"branch {n}", "test", n) for n in range(BRANCHES + 1)))
    assert "branch 0" not in lane.requirements
    newest = max(lane.requirements.values(), key=lambda seen: seen.read_at)
    assert newest.read_at == minute(0) + timedelta(minutes=BRANCHES)
