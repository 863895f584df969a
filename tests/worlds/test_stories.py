from events.github import IssueSeen, PullRequestSeen, ReviewSeen
from tests.worlds.histories import NAMES
from tests.worlds.people import maintainer
from tests.worlds.readings import facts_in, merged, told
from tests.worlds.stories import the_whole_story
from tests.worlds.world import World

RED_OR_GREEN = [
    *("check_run.created", "check_run.completed"),
    *("check_run.created", "check_run.completed"),
    "check_suite.completed",
    *("workflow_run.requested", "workflow_run.in_progress", "workflow_run.completed"),
]
PUSHED = ["push", "pull_request.synchronize"]
EXPECTED = {
    "two issues are queued": ["issues.opened", "issues.labeled"] * 2,
    "the first is assigned to Copilot": ["issues.assigned"],
    "Copilot opens a draft": [
        *("push", "pull_request.opened"),
        *("pull_request.assigned", "pull_request.assigned"),
    ],
    "CI is red": RED_OR_GREEN,
    "Copilot pushes a fix": PUSHED,
    "CI is green": RED_OR_GREEN,
    "Copilot finishes its round": ["pull_request.edited", "pull_request.review_requested"],
    "the draft is marked ready": ["pull_request.ready_for_review"],
    "the reviewer asks for changes": ["pull_request_review.submitted"],
    "Copilot pushes again": PUSHED,
    "CI is green again": RED_OR_GREEN,
    "the reviewer approves": ["pull_request_review.submitted"],
    "the pull request is merged and closes the issue": [
        *("push", "pull_request.closed", "issues.closed"),
    ],
    "the second issue is still queued": [],
}


def a_told_world() -> World:
    world = World()
    the_whole_story(world)
    return world


def test_the_whole_story_has_the_deliveries_that_one_expects() -> None:
    world = World()

    story = the_whole_story(world)

    chapters = {
        each.name: told(world.deliveries[each.deliveries.start : each.deliveries.stop])
        for each in story
    }
    assert chapters == EXPECTED
    assert sum(len(each.deliveries) for each in story) == len(world.deliveries)


def test_it_ends_with_one_issue_solved_and_one_queued() -> None:
    deliveries = a_told_world().deliveries

    first, second = merged(IssueSeen, deliveries).values()
    [pull] = merged(PullRequestSeen, deliveries).values()

    assert (first.state, first.state_reason) == ("closed", "completed")
    assert (second.state, second.labels) == ("open", ("status:queued",))
    assert pull.merged
    assert pull.merged_by_id == maintainer["id"]
    assert pull.closing_issue_numbers == (first.number,)


def test_each_review_is_of_another_commit() -> None:
    refused, approved = facts_in(ReviewSeen, a_told_world().deliveries)

    assert (refused.state, approved.state) == ("changes_requested", "approved")
    assert refused.mentions_copilot
    assert refused.commit_id != approved.commit_id


def test_told_twice_it_is_the_same_to_the_byte() -> None:
    assert a_told_world().deliveries == a_told_world().deliveries


def test_another_installation_hears_of_it_in_deliveries_of_its_own() -> None:
    other = World(installation_id=7)
    the_whole_story(other)

    ids = {each.id for each in a_told_world().deliveries}

    assert {each.installation_id for each in other.deliveries} == {7}
    assert not ids & {each.id for each in other.deliveries}


def test_a_story_follows_what_has_happened_before() -> None:
    world = World()
    world.repository(NAMES[1]).open_issue("Something else")

    story = the_whole_story(world)

    assert story[0].deliveries.start == 1
