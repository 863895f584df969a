import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events.github import CheckRunSeen, IssueSeen, PullRequestSeen, RepositorySeen
from events.github.merge import identity_of, tied
from tests.worlds.examples import SOME
from tests.worlds.histories import permuted, worlds
from tests.worlds.issues import Issue
from tests.worlds.pull_requests import PullRequest
from tests.worlds.readings import facts_in, merged, read
from tests.worlds.world import World

Snapshot = IssueSeen | PullRequestSeen | RepositorySeen
SNAPSHOTS: list[type[Snapshot]] = [IssueSeen, PullRequestSeen, RepositorySeen]


def successive(world: World, kind: type[Snapshot]) -> list[tuple[Snapshot, Snapshot]]:
    seen = sorted(facts_in(kind, world.deliveries), key=lambda each: str(identity_of(each)))
    return [(a, b) for a, b in pairwise(seen) if identity_of(a) == identity_of(b)]


@given(worlds())
@SOME
def test_every_delivery_is_read_without_problems(world: World) -> None:
    for event in world.deliveries:
        reading = read(event)
        assert not reading.problems
        told_of_more = len(reading.facts) > 1
        assert told_of_more or event.type == "repository"


@given(worlds())
@SOME
def test_snapshots_never_go_backwards(world: World) -> None:
    for kind in SNAPSHOTS:
        assert all(a.updated_at <= b.updated_at for a, b in successive(world, kind))


@given(worlds(ties=False))
@SOME
def test_snapshots_of_one_second_never_differ_unless_the_world_lets_them(world: World) -> None:
    for kind in SNAPSHOTS:
        assert not any(tied(a, b) for a, b in successive(world, kind))


@given(worlds(ties=False), st.data())
@SOME
def test_in_any_order_the_deliveries_tell_of_the_world_as_it_is(
    world: World, data: st.DataObject
) -> None:
    deliveries = data.draw(permuted(world.deliveries))

    repositories = merged(RepositorySeen, deliveries)
    issues, pulls = merged(IssueSeen, deliveries), merged(PullRequestSeen, deliveries)
    for repository in world.repositories:
        for issue in repository.issues:
            assert_is(issues["issue", repository.id, issue.number], issue)
        for pull in repository.pull_requests:
            assert_pull_is(pulls["pull_request", repository.id, pull.number], pull)
        assert repositories["repository", repository.id].full_name == repository.full_name


@given(worlds(ties=False))
@SOME
def test_check_runs_come_to_the_conclusion_that_the_world_knows(world: World) -> None:
    seen = merged(CheckRunSeen, world.deliveries)
    for repository in world.repositories:
        for run in (run for pull in repository.pull_requests for run in pull.check_runs):
            fact = seen["check_run", repository.id, run.id]
            assert (fact.head_sha, fact.conclusion) == (run.head_sha, run.conclusion)


@given(worlds(max_operations=5))
@SOME
def test_what_is_posted_is_what_is_delivered(world: World) -> None:
    ids = [each.id for each in world.deliveries]
    delivered = [(each.type, json.loads(each.payload)) for each in world.deliveries]

    assert world.sent == delivered
    assert len(set(ids)) == len(ids)


def assert_is(fact: IssueSeen, issue: Issue) -> None:
    assert fact.state == issue.state
    assert fact.state_reason == issue.state_reason
    assert fact.title == issue.title
    assert fact.labels == tuple(sorted(issue.labels))
    assert fact.assignee_ids == tuple(sorted(each["id"] for each in issue.assignees))
    assert (fact.deleted or fact.transferred) == issue.gone


def assert_pull_is(fact: PullRequestSeen, pull: PullRequest) -> None:
    assert (fact.state, fact.draft, fact.merged) == (pull.state, pull.draft, pull.merged)
    assert (fact.head_ref, fact.head_sha) == (pull.head_ref, pull.head_sha)
    assert fact.title == pull.title
    assert fact.labels == tuple(sorted(pull.labels))
    assert fact.requested_reviewer_ids == tuple(
        sorted(each["id"] for each in pull.requested_reviewers)
    )
