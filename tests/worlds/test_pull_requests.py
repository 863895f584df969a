import pytest

from events.github import (
    AssignmentChanged,
    IssueCommentSeen,
    IssueSeen,
    PullRequestSeen,
    Pushed,
    ReviewRequested,
    ReviewSeen,
)
from events.github.names import COPILOT_AGENT_ID, COPILOT_REVIEWER_ID
from tests.worlds.issues import Issue
from tests.worlds.people import copilot, maintainer, reviewer
from tests.worlds.possible import NotPossible
from tests.worlds.pull_requests import PullRequest
from tests.worlds.readings import facts_in, merged, told
from tests.worlds.repositories import Repository
from tests.worlds.world import World


class Rocket:
    """A repository with an issue that the maintainer gave to Copilot, and Copilot's draft."""

    def __init__(self, *, closes: bool = True, base: str | None = None) -> None:
        self.world = World()
        self.repository: Repository = self.world.repository("octo-org/rocket")
        self.issue: Issue = self.repository.open_issue("Broken")
        self.issue.assign_copilot(by=maintainer)
        self.pull: PullRequest = self.repository.copilot_opens(self.issue, closes=closes, base=base)

    def last_seen(self) -> PullRequestSeen:
        return facts_in(PullRequestSeen, self.world.deliveries)[-1]


def test_copilot_opens_a_draft_assigned_to_itself_and_who_assigned_it() -> None:
    seen = Rocket().last_seen()

    assert seen.draft
    assert (seen.author_id, seen.head_ref) == (COPILOT_AGENT_ID, "copilot/fix-1")
    assert seen.assignee_ids == tuple(sorted((COPILOT_AGENT_ID, maintainer["id"])))
    assert seen.closing_issue_numbers == (1,)


def test_a_second_draft_for_an_issue_has_a_branch_of_its_own() -> None:
    rocket = Rocket()

    assert rocket.repository.copilot_opens(rocket.issue).head_ref == "copilot/fix-1-2"


def test_a_push_moves_the_branch_and_the_pull_request() -> None:
    rocket = Rocket()
    before = rocket.pull.head_sha

    after = rocket.pull.push(by=copilot, forced=True)

    pushed = facts_in(Pushed, rocket.world.deliveries)[-1]
    assert (pushed.before, pushed.after, pushed.forced) == (before, after, True)
    assert pushed.ref == "refs/heads/copilot/fix-1"
    assert rocket.last_seen().head_sha == after != before


def test_a_finished_round_asks_who_assigned_the_issue() -> None:
    rocket = Rocket()

    rocket.pull.finish_round()

    request = facts_in(ReviewRequested, rocket.world.deliveries)[-1]
    assert (request.reviewer_id, request.by_id) == (maintainer["id"], COPILOT_AGENT_ID)
    assert rocket.last_seen().title == "Broken"


def test_a_review_answers_the_request_and_can_be_dismissed() -> None:
    rocket = Rocket()
    rocket.pull.request_review(reviewer)
    review = rocket.pull.review(reviewer, "approved")
    reviewed = rocket.pull.head_sha
    rocket.pull.push()

    rocket.pull.dismiss(review)

    submitted, dismissed = facts_in(ReviewSeen, rocket.world.deliveries)
    assert (submitted.state, dismissed.state) == ("approved", "dismissed")
    assert submitted.id == dismissed.id
    assert submitted.commit_id == dismissed.commit_id == reviewed
    assert submitted.submitted_at == dismissed.submitted_at
    assert rocket.last_seen().requested_reviewer_ids == ()
    with pytest.raises(NotPossible, match="a comment or dismissed"):
        rocket.pull.dismiss(review)


def test_copilot_s_review_is_a_comment() -> None:
    rocket = Rocket()

    rocket.pull.copilot_review()

    [review] = facts_in(ReviewSeen, rocket.world.deliveries)
    assert (review.author_id, review.state) == (COPILOT_REVIEWER_ID, "commented")


def test_nobody_approves_an_own_pull_request() -> None:
    rocket = Rocket()
    pull = rocket.repository.person_opens(rocket.issue, by=maintainer)

    with pytest.raises(NotPossible, match="an own one"):
        pull.review(maintainer, "approved")


def test_a_comment_says_that_it_is_on_a_pull_request() -> None:
    rocket = Rocket()

    rocket.pull.comment("@copilot please fix the test", by=maintainer)

    [comment] = facts_in(IssueCommentSeen, rocket.world.deliveries)
    assert (comment.is_pull_request, comment.number) == (True, rocket.pull.number)
    assert comment.mentions_copilot


@pytest.mark.parametrize(
    ("closes", "base", "state"),
    [(True, None, "closed"), (False, None, "open"), (True, "release", "open")],
)
def test_a_merge_closes_the_issue_by_keyword_on_the_default_branch(
    *, closes: bool, base: str | None, state: str
) -> None:
    rocket = Rocket(closes=closes, base=base)
    rocket.pull.mark_ready()

    rocket.pull.merge(by=maintainer)

    assert rocket.last_seen().merged
    [issue] = merged(IssueSeen, rocket.world.deliveries).values()
    assert issue.state == rocket.issue.state == state
    # The keyword of Copilot's own names its issue also where it closes nothing.
    assert rocket.last_seen().closing_issue_numbers == ((1,) if closes else ())


def test_an_edited_body_changes_what_is_closed() -> None:
    rocket = Rocket(closes=False)

    rocket.pull.edit(body="Fixes #1")

    assert rocket.pull.closing_issues() == [rocket.issue]
    assert rocket.last_seen().closing_issue_numbers == (1,)


def test_a_draft_cannot_be_merged() -> None:
    with pytest.raises(NotPossible, match="is a draft"):
        Rocket().pull.merge()


def test_the_repository_hears_of_no_push_to_a_fork() -> None:
    rocket = Rocket()
    start = len(rocket.world.deliveries)

    pull = rocket.repository.person_opens(rocket.issue, reviewer, from_fork=True)
    pull.push(by=reviewer)

    assert told(rocket.world.deliveries[start:]) == [
        "pull_request.opened",
        "pull_request.synchronize",
    ]
    assert rocket.last_seen().head_repository_id != rocket.repository.id


def test_a_pull_request_is_labeled_and_assigned_like_an_issue() -> None:
    rocket = Rocket()

    rocket.pull.label("a")
    rocket.pull.unassign(copilot)

    assert rocket.last_seen().labels == ("a",)
    assert facts_in(AssignmentChanged, rocket.world.deliveries)[-1].is_pull_request
