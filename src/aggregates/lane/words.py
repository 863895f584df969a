"""What people and bots say on issues and pull requests: reviews, comments, mentions, marks."""

from datetime import datetime, timedelta
from typing import TypeAlias

from aggregates.lane.news import News
from aggregates.lane.reviews import reviews_with
from aggregates.lane.subjects import Marks, Mention, Mentions
from events.github import IssueCommentSeen, ReviewCommentSeen, ReviewSeen

_MARKS = 200  # by one author on one issue or pull request; more than any policy lets us write
_AUTHORS = 10  # of marks there
SUGGESTING = 50  # reviews of Copilot's on one pull request, the newest: only its last one matters
PEOPLE = 100  # who mention Copilot on one pull request, and of whom GitHub is asked there
_HINTS = ("OWNER", "MEMBER", "COLLABORATOR")
_LATE = timedelta(minutes=5)  # behind what is known of a pull request: not said just now

_Word: TypeAlias = ReviewSeen | ReviewCommentSeen | IssueCommentSeen


def take_in_review(news: News, fact: ReviewSeen) -> None:
    """Note a review, and who told Copilot to work in it."""
    number = fact.pull_request_number
    _said(news, number, fact, fact.submitted_at)
    known = news.pull_request(number)
    reviews = reviews_with(known, fact)
    if reviews is not known.reviews:
        heard = news.now if _may_matter(fact) else known.heard_reviews
        news.of_pull_request(number, reviews=reviews, heard_reviews=heard)
    _mentioned(news, number, fact, fact.submitted_at)


def take_in_comment(news: News, fact: IssueCommentSeen) -> None:
    """Note a comment on an issue or a pull request: who said something, and the mark it carries."""
    if not fact.is_pull_request:
        if marks := _marked(news.issue(fact.number).marks, fact):
            news.of_issue(fact.number, marks=marks)
        return
    if _said(news, fact.number, fact, fact.created_at or fact.updated_at):
        news.of_pull_request(fact.number, heard_reviews=news.now)
    _mentioned(news, fact.number, fact, fact.created_at)
    if marks := _marked(news.pull_request(fact.number).marks, fact):
        news.of_pull_request(fact.number, marks=marks)


def take_in_review_comment(news: News, fact: ReviewCommentSeen) -> None:
    """Note a comment on a pull request's lines."""
    number = fact.pull_request_number
    if _said(news, number, fact, fact.created_at or fact.updated_at):
        news.of_pull_request(number, heard_reviews=news.now)
    _suggested(news, number, fact)
    _mentioned(news, number, fact, fact.created_at)


def _suggested(news: News, number: int, fact: ReviewCommentSeen) -> None:
    """Note that a review of Copilot's left something to be addressed, which no review says itself.

    GitHub makes a review of each answer in a thread as well: that suggests nothing. Comments may
    come long after their review, and before it: the quiet period begins with the first of them.
    """
    is_answer = fact.in_reply_to_id is not None
    if fact.author_kind != "copilot_reviewer" or is_answer or fact.deleted:
        return
    known = news.pull_request(number).suggesting
    if fact.review_id is not None and fact.review_id not in known:
        suggesting = tuple(sorted((*known, fact.review_id)))[-SUGGESTING:]
        if suggesting != known:
            news.of_pull_request(number, suggesting=suggesting, heard_reviews=news.now)


def _said(news: News, number: int, fact: _Word, at: datetime | None) -> bool:
    """Note when something was said; say whether that was just now, as far as GitHub's clock tells.

    What was said before the newest that is known, or long before the pull request last changed, was
    delivered late, again, or because it was edited: nobody waits for it to be over.
    """
    known = news.pull_request(number)
    if at is None or not _may_matter(fact):
        return False
    if known.said_at is not None and at <= known.said_at:
        return False
    news.of_pull_request(number, said_at=at)
    return known.seen is None or at > known.seen.updated_at - _LATE


def _may_matter(fact: _Word) -> bool:
    """Say whether somebody waits for what was said to be over: not for strangers, nor for bots.

    Or whoever comments would hold work up for as long as they like.
    """
    copilots = fact.author_kind in ("copilot_agent", "copilot_reviewer")
    return copilots or (fact.author_kind == "person" and fact.association in _HINTS)


def _mentioned(
    news: News,
    number: int,
    fact: _Word,
    at: datetime | None,
) -> None:
    """Note who told Copilot to work; whether they may is judged where it matters."""
    author_id = fact.author_id
    tells = fact.mentions_copilot and fact.author_kind not in ("ghost", "copilot_agent")
    if not tells or at is None or author_id is None:
        return
    known = news.pull_request(number).mentions
    before = known.get(author_id)
    mention = Mention(
        author_id=author_id,
        at=at,
        author_login=fact.author_login,
        author_kind=fact.author_kind,
        association=fact.association,
    )
    if before is None or _mention_order(mention) > _mention_order(before):
        mentions = _fewer_mentions({**known, author_id: mention})
        if mentions != known:
            news.of_pull_request(number, mentions=mentions)


def _mention_order(mention: Mention) -> tuple[object, ...]:
    said = (mention.author_login or "", mention.author_kind, mention.association or "")
    return (mention.at, *said)


def _fewer_mentions(known: Mentions) -> Mentions:
    """Return a bounded number: strangers, however many, push out nobody who may be listened to."""
    if len(known) <= PEOPLE:
        return known

    def rank(mention: Mention) -> tuple[object, ...]:
        return (mention.association in _HINTS, mention.at, mention.author_id)

    kept = sorted(known.values(), key=rank)[-PEOPLE:]
    return {mention.author_id: mention for mention in kept}


def _marked(known: Marks, fact: IssueCommentSeen) -> Marks | None:
    """Return marks by author with that of a comment; None: it has no new one.

    An edit adds none: others may edit what we wrote, and we never do. There is a bounded number,
    the same in whatever order they come: each author has a share of their own, and where there
    are too many authors the oldest accounts stay, so that nobody drives out ours with new ones.
    """
    author_id = fact.author_id
    if fact.action_id is None or author_id is None or fact.updated_at != fact.created_at:
        return None
    ids = tuple(sorted({*known.get(author_id, ()), str(fact.action_id)}))[:_MARKS]
    marks = dict(sorted({**known, author_id: ids}.items())[:_AUTHORS])
    return None if marks == known else marks
