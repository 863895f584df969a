"""Reviews of a pull request, asked for and given."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from simulator.payloads import Payload, a_review, a_review_comment
from simulator.payloads.payload import with_id
from simulator.state.accounts import is_copilot, is_copilot_reviewer
from simulator.state.issues import Issue
from simulator.state.pull_request_state import PullRequestState
from simulator.state.refusals import require
from simulator.state.repository import RepositoryState

ReviewState: TypeAlias = Literal["approved", "changes_requested", "commented", "dismissed"]


@dataclass(slots=True, kw_only=True)
class Review:
    """A review of the commit ``commit_id``, with the texts of its comments on changes, by id."""

    id: int
    by: Payload
    state: ReviewState
    body: str
    commit_id: str
    submitted_at: str
    on_changes: dict[int, str]


class Reviewed(PullRequestState):
    """A pull request that people and Copilot review."""

    def __init__(  # noqa: PLR0913 (as what it extends)
        self,
        repository: RepositoryState,
        title: str,
        body: str,
        author: Payload,
        branch: str,
        *,
        origin: Issue | None = None,
    ) -> None:
        super().__init__(repository, title, body, author, branch, origin=origin)
        self.reviews: list[Review] = []

    @property
    def verdicts(self) -> dict[int, Review]:
        """The last approval or refusal of each reviewer, by user id."""
        return {each.by["id"]: each for each in self.reviews if each.state != "commented"}

    @property
    def approvals(self) -> int:
        """How many approve who count; who set Copilot to work on it does not."""
        by = self.asked_by
        return sum(
            each.state == "approved" and (by is None or user_id != by["id"])
            for user_id, each in self.verdicts.items()
            if self._counts(each)
        )

    @property
    def is_refused(self) -> bool:
        """Whether the last word of some reviewer who counts is a request for changes."""
        return any(
            each.state == "changes_requested"
            for each in self.verdicts.values()
            if self._counts(each)
        )

    def request_review(self, of: Payload, by: Payload) -> None:
        """Ask someone for a review; one who was asked already is asked once more."""
        require(self.is_open, f"#{self.number} is not open")
        self.changes()
        if of not in self.requested_reviewers:
            self.requested_reviewers.append(of)
        self.tell("review_requested", by, requested_reviewer=of)

    def review(
        self, by: Payload, state: ReviewState, body: str = "", *, on_changes: tuple[str, ...] = ()
    ) -> Review:
        """Review the newest commit; whoever was asked for it is not any more.

        Each of the comments ``on_changes`` is told of by itself, after the review.
        """
        allowed = state == "commented" or not (by == self.author or is_copilot(by))
        require(allowed, "Can not approve your own pull request")
        now = self.changes()
        self.requested_reviewers = [each for each in self.requested_reviewers if each != by]
        review = Review(
            id=self.happenings.new_id(),
            by=by,
            state=state,
            body=body,
            commit_id=self.head_sha,
            submitted_at=now,
            on_changes={self.happenings.new_id(): text for text in on_changes},
        )
        self.reviews.append(review)
        self.note("reviewed", by, {"id": review.id, "state": state, "user": by})
        self._tell_review("submitted", review, by)
        for comment in self.review_comments(review):
            self.repository.tell(
                "pull_request_review_comment",
                "created",
                by=by,
                about=self.about,
                subject=self,
                pull_request=self.snapshot(),
                comment=comment,
            )
        return review

    def dismiss(self, review: Review, by: Payload) -> None:
        """Dismiss a review that approved or asked for changes."""
        given = review.state in ("approved", "changes_requested")
        require(given, "Can not dismiss a commented review")
        self.changes()
        review.state = "dismissed"
        self._tell_review("dismissed", review, by)

    def review_snapshot(self, review: Review) -> Payload:
        """Return a review as deliveries show it."""
        written = a_review(
            review.state,
            pull_request=self.snapshot(),
            **self.told_author(review.by),
            body=review.body or None,
            commit_id=review.commit_id,
            submitted_at=review.submitted_at,
            updated_at=self.updated_at,
        )
        return with_id(written, review.id)

    def review_comments(self, review: Review) -> list[Payload]:
        """Return a review's comments on changes as deliveries show them."""
        return [
            with_id(
                a_review_comment(
                    pull_request=self.snapshot(),
                    **self.told_author(review.by),
                    pull_request_review_id=review.id,
                    body=text,
                    commit_id=review.commit_id,
                    created_at=review.submitted_at,
                    updated_at=review.submitted_at,
                ),
                comment_id,
            )
            for comment_id, text in review.on_changes.items()
        ]

    def _counts(self, review: Review) -> bool:
        """Whether a verdict is of someone with write access, or of Copilot where it was let."""
        if is_copilot_reviewer(review.by):
            return self.repository.copilot_approvals_count
        return self.repository.access.may_write(review.by)

    def _tell_review(self, action: str, review: Review, by: Payload) -> None:
        self.repository.tell(
            "pull_request_review",
            action,
            by=by,
            about=self.about,
            subject=self,
            pull_request=self.snapshot(),
            review=self.review_snapshot(review),
        )
