"""What the reviews of a pull request say together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregates.lane import KnownPullRequest
from aggregates.lane.subjects import Requests
from aggregates.workflow.trust import Trust, voice_of
from events.github import ReviewRequested, ReviewSeen
from events.github.agents import is_agent
from events.github.names import is_copilot_reviewer

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_VERDICTS = ("approved", "changes_requested", "dismissed")


@dataclass(frozen=True, slots=True)
class Ignored:
    """A verdict that does not count, and why."""

    review: ReviewSeen
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewVerdict:
    """Who approved, what is asked for, and of whom a review is awaited; all sorted.

    Of ``approved_by``, those who are ``sure`` may merge by their word; of the others GitHub is
    still being asked. ``open_requests`` are ids of reviews that ask for changes, ``to_address``
    those about the present head that their author was not asked to look at again, ``unsure`` those
    of them of whose author GitHub is being asked. ``told``: each of these speaks to Copilot itself.
    ``ignored`` count for nothing, by time.
    """

    approved_by: tuple[int, ...] = ()
    sure: tuple[int, ...] = ()
    open_requests: tuple[int, ...] = ()
    to_address: tuple[int, ...] = ()
    unsure: tuple[int, ...] = ()
    reviewers_to_address: tuple[int, ...] = ()
    awaited: tuple[int | str, ...] = ()
    told: bool = False
    ignored: tuple[Ignored, ...] = ()


NO_REVIEWS = ReviewVerdict()


def reviews_of(
    pull: KnownPullRequest,
    assigner_id: int | None,
    trust: Trust,
    address_copilot: bool,  # noqa: FBT001 (a policy's value, handed through)
) -> ReviewVerdict:
    """Return what a pull request's reviews say of its present head, the latest of each person.

    Only of those whose word counts. Who assigned Copilot does not count as an approver; Copilot's
    own review approves only where the policy lets it, and asks for changes only if
    ``address_copilot``, by its comments on the changes: one that left none suggests nothing.
    """
    if pull.seen is None or not (pull.reviews or pull.requests):
        return NO_REVIEWS
    reviews, requests, head_sha = pull.reviews, standing_requests(pull), pull.seen.head_sha
    heard = [(review, voice_of(review, pull, trust)) for review in latest_verdicts(pull)]
    latest = [review for review, voice in heard if voice.counts]
    unsure = {review.id for review, voice in heard if not voice.sure}
    asking = [review for review in latest if review.state == "changes_requested"]
    addressed = [review for review in asking if review.commit_id in (head_sha, None)]
    if address_copilot:
        addressed += [each for each in of_copilot(pull) if each.id in pull.suggesting]
    to_address = [review for review in addressed if not _asked_again(review, requests)]
    authors = {review.author_id for review in to_address}
    approvals = [
        review
        for review in latest
        if review.state == "approved"
        and review.author_id != assigner_id
        and not _asked_again(review, requests)
    ]
    return ReviewVerdict(
        approved_by=_authors(approvals),
        sure=_authors(review for review in approvals if review.id not in unsure),
        open_requests=tuple(sorted(review.id for review in asking)),
        to_address=tuple(sorted(review.id for review in to_address)),
        unsure=tuple(sorted(review.id for review in to_address if review.id in unsure)),
        reviewers_to_address=tuple(sorted(author for author in authors if author is not None)),
        awaited=_awaited(reviews.values(), requests),
        told=bool(to_address) and all(review.mentions_copilot for review in to_address),
        ignored=tuple(
            Ignored(review, voice.why)
            for review, voice in heard
            if not voice.counts and not review.dismissed
        ),
    )


def latest_verdicts(pull: KnownPullRequest) -> tuple[ReviewSeen, ...]:
    """Return each person's latest verdict, by time; comments do not replace one.

    Those who are gone share an account, and no verdict: each of theirs stands for itself.
    """
    latest: dict[tuple[str, int | None], ReviewSeen] = {}
    for review in sorted(pull.reviews.values(), key=_time):
        if review.state in _VERDICTS and not _is_no_verdict(review):
            gone = review.author_kind == "ghost" or review.author_id is None
            key = ("review", review.id) if gone else ("author", review.author_id)
            latest.pop(key, None)
            latest[key] = review
    return tuple(latest.values())


def _is_no_verdict(review: ReviewSeen) -> bool:
    """Say whether a review is Copilot's on anything but approving: it asks for changes by words."""
    if is_copilot_reviewer(review.author_id):
        return review.state not in ("approved", "dismissed")
    return is_agent(review.author_id)


def standing_requests(pull: KnownPullRequest) -> Requests:
    """Return the requests less those of teams that the pull request no longer lists.

    A member's review ends a team's request, and no delivery says so.
    """
    seen = pull.seen
    return {
        whom: request
        for whom, request in pull.requests.items()
        if seen is None
        or request.team is None
        or request.team in seen.requested_teams
        or request.at >= seen.updated_at
    }


def _time(review: ReviewSeen) -> tuple[datetime, int]:
    return review.submitted_at or _BEFORE_ALL, review.id


def of_copilot(pull: KnownPullRequest) -> list[ReviewSeen]:
    """Return Copilot's newest review of the head that is no approval, if there is one."""
    head_sha = pull.seen.head_sha if pull.seen is not None else None
    comments = [
        review
        for review in pull.reviews.values()
        if is_copilot_reviewer(review.author_id)
        and review.state == "commented"
        and review.commit_id == head_sha
    ]
    return sorted(comments, key=_time)[-1:]


def _asked_again(review: ReviewSeen, requests: Requests) -> bool:
    request = requests.get(f"user:{review.author_id}")
    return request is not None and request.present and not _answers(review, request)


def _answers(review: ReviewSeen, request: ReviewRequested) -> bool:
    """Say whether a review came no earlier than the request; in the same second it answers it."""
    return (review.submitted_at or _BEFORE_ALL) >= request.at


def _authors(reviews: Iterable[ReviewSeen]) -> tuple[int, ...]:
    return tuple(sorted({r.author_id for r in reviews if r.author_id is not None}))


def _awaited(reviews: Iterable[ReviewSeen], requests: Requests) -> tuple[int | str, ...]:
    submitted = [review for review in reviews if review.state != "pending"]
    open_requests = [request for request in requests.values() if request.present]
    users = _users(submitted, open_requests)
    return (*sorted(users), *sorted(r.team for r in open_requests if r.team is not None))


def _users(reviews: list[ReviewSeen], requests: list[ReviewRequested]) -> Iterator[int]:
    for request in requests:
        user_id = request.reviewer_id
        if request.team is not None or user_id is None or is_agent(user_id):
            continue
        if not any(r.author_id == user_id and _answers(r, request) for r in reviews):
            yield user_id
