"""Whose work a pull request is that names no issue, where there are several agents."""

import pytest

from aggregates.lane.ours import Handling
from aggregates.lane.subjects import KnownIssue, KnownPullRequest
from aggregates.lane.ties import Known, ties_of
from events.github.agents import COPILOT, Agents, reading_by
from tests.agents import BOTH, SCRIBE
from tests.aggregates.builders import REPOSITORY, a_pull_request_seen, an_assignment, minute

NO_HANDLINGS: dict[int, Handling] = {}


def given(agent: int, at: float = 1) -> KnownIssue:
    """An issue that an agent was assigned to."""
    return KnownIssue(assignments={agent: an_assignment(at=at, agent=agent)})


def opened(author: int, head_ref: str) -> KnownPullRequest:
    """A draft that names no issue, opened after all were given away."""
    pull = a_pull_request_seen(
        author_id=author, head_ref=head_ref, created_at=minute(5), closing_issue_numbers=()
    )
    return KnownPullRequest(seen=pull)


@pytest.mark.parametrize(
    ("head_ref", "fits"), [("scribe/fix", {2: (20,)}), ("copilot/fix", {}), ("fix", {})]
)
def test_a_pull_request_fits_the_issue_of_its_own_agent(
    head_ref: str, fits: dict[int, tuple[int, ...]]
) -> None:
    issues = {1: given(COPILOT.user_id), 2: given(SCRIBE.user_id)}
    with reading_by(BOTH):
        pulls = {20: opened(SCRIBE.user_id, head_ref)}
        ties = ties_of(Known(REPOSITORY, issues, pulls, NO_HANDLINGS))
    assert ties.adopted == fits


def test_of_an_agent_whose_branches_are_called_anyhow_any_fits() -> None:
    anyhow = Agents((COPILOT, SCRIBE.__class__(name="any", title="Any", user_id=9, login="any")))
    with reading_by(anyhow):
        pulls = {20: opened(9, "whatever")}
        ties = ties_of(Known(REPOSITORY, {1: given(9)}, pulls, NO_HANDLINGS))
    assert ties.adopted == {1: (20,)}


def test_of_two_issues_of_one_agent_it_fits_none() -> None:
    issues = {1: given(SCRIBE.user_id), 2: given(SCRIBE.user_id)}
    with reading_by(BOTH):
        pulls = {20: opened(SCRIBE.user_id, "scribe/fix")}
        assert ties_of(Known(REPOSITORY, issues, pulls, NO_HANDLINGS)).adopted == {}
