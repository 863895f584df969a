"""Reviews of a pull request, asked for and given."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from simulator.payloads import Payload, a_review, a_review_comment
from tests.worlds.issues import Issue
from tests.worlds.people import copilot, copilot_reviewer, maintainer
from tests.worlds.possible import require
from tests.worlds.pull_request_state import PullRequestState
from tests.worlds.webhook import with_id

ReviewState: TypeAlias = Literal["approved", "changes_requested", "commented", "dismissed"]


@dataclass(slots=True, kw_only=True)
class Review:
    """A review of the commit ``commit_id``."""

    id: int
    by: Payload
    state: ReviewState
    body: str
    commit_id: str
    submitted_at: str

    @property
    def can_be_dismissed(self) -> bool:
        """Whether it approves or asks for changes."""
        return self.state in ("approved", "changes_requested")


class Reviewed(PullRequestState):
    """A pull request that people and Copilot review."""

    def __init__(self, issue: Issue, title: str, body: str, author: Payload, branch: str) -> None:
        super().__init__(issue, title, body, author, branch)
        self.reviews: list[Review] = []

    def request_review(self, of: Payload, by: Payload = maintainer) -> None:
        """Ask someone for a review; one who was asked already is asked once more."""
        require(self.is_open, f"#{self.number} is not open")
        self.changes()
        if of not in self.requested_reviewers:
            self.requested_reviewers.append(of)
        self.tell("review_requested", by, requested_reviewer=of)

    def withdraw_request(self, of: Payload, by: Payload = maintainer) -> None:
        """Ask someone for a review no longer."""
        require(of in self.requested_reviewers, f"{of['login']} is not asked for a review")
        self.changes()
        self.requested_reviewers.remove(of)
        self.tell("review_request_removed", by, requested_reviewer=of)

    def finish_round(self) -> None:
        """Let Copilot say that it is done: it asks who assigned the issue for a review."""
        if self.title.startswith("[WIP] "):
            self.edit(title=self.title.removeprefix("[WIP] "), by=copilot)
        self.request_review(self.issue.assigned_by or maintainer, by=copilot)

    def review(self, by: Payload, state: ReviewState, body: str = "") -> Review:
        """Review the newest commit; whoever was asked for it is not any more."""
        own = by == self.author and state != "commented"
        require(not own, f"{by['login']} cannot approve or refuse #{self.number}, an own one")
        now = self.changes()
        self.requested_reviewers = [each for each in self.requested_reviewers if each != by]
        review = Review(
            id=self.webhook.new_id(),
            by=by,
            state=state,
            body=body,
            commit_id=self.head_sha,
            submitted_at=now,
        )
        self.reviews.append(review)
        self._tell_review("submitted", review, by)
        return review

    def copilot_review(
        self, body: str = "Copilot reviewed 3 of 3 files.", *, suggests: int = 0
    ) -> Review:
        """Let Copilot review, who never approves nor asks for changes, but in so many comments."""
        review = self.review(copilot_reviewer, "commented", body)
        for _ in range(suggests):
            self._tell_suggestion(review)
        return review

    def dismiss(self, review: Review, by: Payload = maintainer) -> None:
        """Dismiss a review that approved or asked for changes."""
        require(review.can_be_dismissed, f"review {review.id} is a comment or dismissed")
        self.changes()
        review.state = "dismissed"
        self._tell_review("dismissed", review, by)

    def _tell_suggestion(self, review: Review) -> None:
        pull = self.snapshot()
        comment = a_review_comment(
            pull_request=pull,
            pull_request_review_id=review.id,
            user=review.by,
            commit_id=review.commit_id,
            created_at=review.submitted_at,
            updated_at=review.submitted_at,
        )
        self.repository.send(
            "pull_request_review_comment",
            "created",
            by=review.by,
            pull_request=pull,
            comment=with_id(comment, self.webhook.new_id()),
        )

    def _tell_review(self, action: str, review: Review, by: Payload) -> None:
        pull = self.snapshot()
        written = a_review(
            review.state,
            pull_request=pull,
            user=review.by,
            body=review.body or None,
            commit_id=review.commit_id,
            submitted_at=review.submitted_at,
            updated_at=self.updated_at,
        )
        self.repository.send(
            "pull_request_review",
            action,
            by=by,
            pull_request=pull,
            review=with_id(written, review.id),
        )
