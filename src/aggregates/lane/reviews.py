"""Taking in a review: of each author what can still count is kept, and a bounded number in all.

What is kept hangs on no order: each choice below keeps the first of some by one fixed order.
"""

from datetime import UTC, datetime
from typing import Final

from aggregates.lane.subjects import KnownPullRequest, Reviews
from events.github import ReviewSeen
from events.github.merge import merge

REVIEWS: Final = 300  # of one pull request
_VERDICTS: Final = ("approved", "changes_requested", "dismissed")
_HINTS: Final = ("OWNER", "MEMBER", "COLLABORATOR")
_NO_PERSONS: Final = ("bot", "copilot_reviewer", "copilot_agent")
_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


def reviews_with(pull: KnownPullRequest, review: ReviewSeen) -> Reviews:
    """Return a pull request's reviews with one taken in, the same object when it tells nothing new.

    An author's newest verdict replaces those before, a comment the comments before: only the newest
    answers a request. Where there are too many, comments go first, and nobody who may write is
    driven out by strangers, however many these are.
    """
    known = pull.reviews
    before = known.get(review.id)
    merged = review if before is None else merge(before, review)
    if merged == before:
        return known
    newest: dict[tuple[object, ...], ReviewSeen] = {}
    for each in (*(old for old in known.values() if old.id != review.id), merged):
        place = _place(pull, each)
        if place not in newest or _time(each) > _time(newest[place]):
            newest[place] = each
    kept = list(newest.values())
    if len(kept) > REVIEWS:
        kept = sorted(kept, key=lambda each: _rank(pull, each))[-REVIEWS:]
    reviews = {each.id: each for each in kept}
    return known if reviews == known else reviews


def _place(pull: KnownPullRequest, review: ReviewSeen) -> tuple[object, ...]:
    """Return what only the newest of is kept, so that it cannot be what others of it rank above."""
    verdict, weighs = review.state in _VERDICTS, _weight(pull, review)
    if review.author_kind == "ghost" or review.author_id is None:
        return "gone", review.id  # each of theirs stands for itself
    if review.author_kind == "copilot_reviewer" and not verdict:
        return review.author_id, review.state, review.commit_id  # it comments on each commit
    return review.author_id, verdict, review.state == "pending", weighs


def _rank(pull: KnownPullRequest, review: ReviewSeen) -> tuple[object, ...]:
    return _weight(pull, review), review.state in _VERDICTS, *_time(review)


def _weight(pull: KnownPullRequest, review: ReviewSeen) -> int:
    """Return how surely its author may be listened to, as far as is known here."""
    if review.author_kind in _NO_PERSONS or review.association in _HINTS:
        return 2
    answer = pull.permissions.get(review.author_id) if review.author_id is not None else None
    if answer is not None and answer.may_write:
        return 2
    return int(review.association == "CONTRIBUTOR")  # so GitHub calls members who hide it, too


def _time(review: ReviewSeen) -> tuple[datetime, int]:
    return review.submitted_at or _BEFORE_ALL, review.id
