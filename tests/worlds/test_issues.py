import pytest

from events.github import AssignmentChanged, DependencyChanged, IssueSeen, LabelChanged
from events.github.merge import tied
from events.github.names import COPILOT_AGENT_ID
from tests.worlds.issues import Issue
from tests.worlds.people import maintainer
from tests.worlds.possible import NotPossible
from tests.worlds.readings import facts_in, merged, told
from tests.worlds.repositories import Repository
from tests.worlds.world import World


def a_repository_of(world: World) -> Repository:
    return world.repository("octo-org/rocket")


def last_seen(world: World) -> IssueSeen:
    return facts_in(IssueSeen, world.deliveries)[-1]


def test_an_issue_opened_with_labels_is_told_of_with_all_of_them_each_time() -> None:
    world = World()

    a_repository_of(world).open_issue("Broken", labels=("a", "b"))

    assert told(world.deliveries) == ["issues.opened", "issues.labeled", "issues.labeled"]
    assert {each.labels for each in facts_in(IssueSeen, world.deliveries)} == {("a", "b")}
    assert {each.label for each in facts_in(LabelChanged, world.deliveries)} == {"a", "b"}


def test_who_assigned_copilot_is_told_and_remembered() -> None:
    world = World()
    issue = a_repository_of(world).open_issue("Broken")

    issue.assign_copilot(by=maintainer)

    [assignment] = facts_in(AssignmentChanged, world.deliveries)
    assert (assignment.assignee_id, assignment.by_id) == (COPILOT_AGENT_ID, maintainer["id"])
    assert issue.assigned_by == maintainer


def test_changes_have_a_second_each_unless_the_world_puts_them_into_one() -> None:
    world = World()
    issue = a_repository_of(world).open_issue("Broken")
    issue.label("a")
    with world.same_second():
        issue.label("b")
        issue.unlabel("a")

    opened, one, two, three = facts_in(IssueSeen, world.deliveries)

    assert (one.updated_at - opened.updated_at).seconds == 1
    assert (two.updated_at - one.updated_at).seconds == 1
    assert tied(two, three)


def test_a_closed_issue_says_why_and_a_reopened_one_that_it_was() -> None:
    world = World()
    issue = a_repository_of(world).open_issue("Broken")

    issue.close("not_planned")
    closed = last_seen(world)
    issue.reopen()

    assert (closed.state, closed.state_reason) == ("closed", "not_planned")
    assert closed.closed_at == closed.updated_at
    assert (last_seen(world).state_reason, last_seen(world).closed_at) == ("reopened", None)


def test_an_issue_counts_the_open_ones_of_those_that_block_it() -> None:
    world = World()
    issue, other, solved = (a_repository_of(world).open_issue(title) for title in "abc")
    issue.block_by(other)
    issue.block_by(solved)
    solved.close()

    issue.edit_title("d")

    assert (last_seen(world).blocked_by_open, last_seen(world).blocked_by_total) == (1, 2)


def test_both_repositories_hear_of_a_dependency() -> None:
    world = World()
    rocket, lander = a_repository_of(world), world.repository("octo-org/lander")
    issue, other = rocket.open_issue("a"), lander.open_issue("b")

    issue.block_by(other)
    there, here = world.deliveries[-2:]
    issue.unblock(other)

    assert (there.action, there.repository_id) == ("blocked_by_added", rocket.id)
    assert (here.action, here.repository_id) == ("blocking_added", lander.id)
    [dependency] = merged(DependencyChanged, world.deliveries).values()
    assert (dependency.blocked_repository_id, dependency.blocking_repository_id) == (
        rocket.id,
        lander.id,
    )
    assert not dependency.present
    assert {each.updated_at for each in merged(IssueSeen, world.deliveries).values()} == {
        dependency.at
    }


def test_a_transferred_issue_goes_on_in_the_other_repository() -> None:
    world = World()
    lander = world.repository("octo-org/lander")
    issue = a_repository_of(world).open_issue("Broken", labels=("a",))

    moved = issue.transfer_to(lander)
    moved.close()

    old, new = merged(IssueSeen, world.deliveries).values()
    assert old.transferred
    assert (new.repository_id, new.labels, new.state) == (lander.id, ("a",), "closed")


@pytest.mark.parametrize("leave", [Issue.delete, Issue.transfer])
def test_nothing_happens_any_more_to_an_issue_that_is_gone(leave: object) -> None:
    world = World()
    issue = a_repository_of(world).open_issue("Broken")
    other = a_repository_of(world).open_issue("Waits")
    other.block_by(issue)
    assert callable(leave)
    leave(issue)

    with pytest.raises(NotPossible, match="#1 was deleted or transferred"):
        issue.label("a")
    assert last_seen(world).deleted or last_seen(world).transferred
    assert not other.blocked_by


def test_what_github_would_refuse_is_not_possible() -> None:
    issue = a_repository_of(World()).open_issue("Broken")

    with pytest.raises(NotPossible, match="#1 is open"):
        issue.reopen()
    with pytest.raises(NotPossible, match="#1 has no label a"):
        issue.unlabel("a")


def test_a_renamed_repository_stays_the_same_one() -> None:
    world = World()
    rocket = a_repository_of(world)
    issue = rocket.open_issue("Broken")

    rocket.rename("lander")
    issue.close()

    assert world.repository("octo-org/lander") is rocket
    assert len({each.repository_id for each in world.deliveries}) == 1
    assert len(merged(IssueSeen, world.deliveries)) == 1
