"""Folding one event into a lane, and saying which of its subjects it touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from aggregates.lane.bounds import beyond, is_within, retallied
from aggregates.lane.lane import Lane
from aggregates.lane.merging import news_of
from aggregates.lane.news import News
from aggregates.lane.own_events import note_own_event
from aggregates.lane.subjects import Heard, Subjects
from aggregates.lane.ties import Known, hang_on, parts_of, retied
from aggregates.tenancy import Tenancy, Word
from events.catalogue import InstallationAccepted, InstallationAnswered, content_of
from events.envelope import Event
from events.github import Fact
from events.reading import tells_facts

K = TypeVar("K", int, str)
V = TypeVar("V")
_NOTHING = Subjects()


@dataclass(frozen=True, slots=True)
class Touched:
    """What an event touched: subjects that came, changed or went, and the workflows concerned.

    ``handlings`` are the issues for which something was done or commanded, ``workflows`` the issues
    of which the stage or what is to be done may differ. ``everything``: all of them may.
    ``trimmed``: something was forgotten.
    """

    subjects: Subjects = _NOTHING
    handlings: frozenset[int] = frozenset()
    workflows: frozenset[int] = frozenset()
    everything: bool = False
    trimmed: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """A lane after an event, and what the event touched of it."""

    lane: Lane
    touched: Touched = Touched()


def evolve(lane: Lane, event: Event, facts: tuple[Fact, ...] = ()) -> Lane:
    """Return the lane after an event of its repository; the same object when it tells nothing new.

    ``facts`` are those that the event tells; what we and operators did is read here. Raises
    UnknownEventType for an event of ours that this release does not know.
    """
    return fold(lane, event, facts).lane


def fold(lane: Lane, event: Event, facts: tuple[Fact, ...] = ()) -> Folded:
    """Return the lane after an event, as ``evolve`` does, with what the event touched.

    Costs what the event is about, not what the lane knows, but for copies of its maps.
    """
    if event.repository_id != lane.repository_id:
        return Folded(lane)
    return _told(lane, event, facts) if tells_facts(event) else _done(lane, event)


def tied(was: Lane, now: Lane, subjects: Subjects, handled: frozenset[int]) -> Folded:
    """Tie and count what changed from one lane to the next, and say whose workflow it concerns.

    ``now`` has the ties and the tally of before still.
    """
    linked: set[int] = set()
    issues = {n for n in handled if was.handling(n).linked != now.handling(n).linked}
    issues.update(n for n in subjects.issues if hang_on(was.issue(n), now.issue(n)))
    if issues or subjects.pull_requests:
        pulls = set(subjects.pull_requests)
        ties, linked = retied(was.ties, _known(was), _known(now), issues, pulls)
        now = now if ties is now.ties else replace(now, ties=ties)
    reached = _reached(was, now, subjects, handled.union(linked))
    tally = retallied(was.tally, was, now, reached)
    now = now if tally is now.tally else replace(now, tally=tally)
    workflows = workflows_of(was, now, _and_issues(subjects, handled.union(linked)))
    return Folded(now, Touched(subjects, handled, workflows, whole_of(was) != whole_of(now)))


def trimmed(lane: Lane) -> Lane:
    """Return a lane without what lies beyond the horizon, to the last thing."""
    gone = beyond(lane)
    return tied(lane, _without(lane, gone), gone, gone.issues).lane


def workflows_of(was: Lane, now: Lane, subjects: Subjects) -> frozenset[int]:
    """Return the issues whose workflow may differ where some subjects do.

    A commit is followed to its pull requests, these to their issues and those that they stand
    beside, and issues to those that share a pull request with them and those that they block; to
    what they are a part of, and all of them to their parts.
    """
    # Each event comes by here, and most are about a commit: plain loops take half the time.
    pulls, issues = set(subjects.pull_requests), set(subjects.issues)
    for sha in subjects.commits:
        pulls.update(now.ties.heads.get(sha, ()))
    lanes = (now,) if was.ties is now.ties else (was, now)
    for lane in lanes:
        for issue in subjects.issues:
            pulls.update(lane.linked(issue))
    for lane in lanes:
        for pull in pulls:
            issues.update(lane.ties.issues.get(pull, ()))
    for pull in subjects.pull_requests:
        for lane in (was, now):
            if (known := lane.pull_request(pull).seen) is not None:
                issues.update(known.closing_issue_numbers or ())
    blocked = [now.ties.blocks[issue] for issue in issues if issue in now.ties.blocks]
    found = issues.union(*blocked)
    if any(lane.ties.parents for lane in lanes):
        found = _with_relatives(lanes, subjects.issues, found)
    return frozenset(found)


def _with_relatives(lanes: tuple[Lane, ...], changed: frozenset[int], issues: set[int]) -> set[int]:
    """Return issues with what those that changed are parts of, and all that is below, each once."""
    above = (lane.ties.parents.get(issue, ()) for lane in lanes for issue in changed)
    found = issues.union(*above)
    below = found
    while below:
        parts = (_parts_of(lane, issue) for lane in lanes for issue in below)
        below = set().union(*parts) - found
        found |= below
    return found


def whole_of(lane: Lane) -> tuple[object, ...]:
    """Return what concerns every workflow of a lane."""
    ours = lane.ours
    said = (ours.mode, ours.paused, ours.order, ours.policy, ours.consents)
    return (*said, lane.installation_id, lane.requirements, lane.access_changed)


def _done(lane: Lane, event: Event) -> Folded:
    """Fold what we or an operator did."""
    content = content_of(event)
    if isinstance(content, InstallationAnswered | InstallationAccepted):
        return _settled(lane, event, content)
    ours = note_own_event(lane, event, content)
    if ours is lane.ours:
        return Folded(lane)
    installation_id = lane.installation_id or event.installation_id  # until a delivery tells
    after = replace(lane, ours=ours, installation_id=installation_id, position=event.position)
    about: int | None = getattr(content, "issue_number", None)
    changed = ours.handlings is not lane.ours.handlings
    handled = frozenset([about]) if about is not None and changed else frozenset()
    return _bounded(lane, after, _NOTHING, handled)


def _told(lane: Lane, event: Event, facts: tuple[Fact, ...]) -> Folded:
    """Fold what GitHub told; of what is not its tenant's no more than that it was claimed."""
    known = lane.tenancy
    word = Word.of(event, facts)
    tenancy = known.after(word)
    if known.contradicted_by(word):
        return Folded(lane if tenancy is known else _held(lane, event, tenancy))
    news = news_of(lane, facts, Heard(event.position, event.recorded_at))
    if not news and tenancy is known:
        return Folded(lane)
    after = replace(
        lane,
        repository=news.repository or lane.repository,
        requirements=lane.requirements if news.requirements is None else news.requirements,
        access_changed=event.position if news.access_changed else lane.access_changed,
        issues=_with(lane.issues, news.issues),
        pull_requests=_with(lane.pull_requests, news.pull_requests),
        commits=_with(lane.commits, news.commits),
        installation_id=tenancy.installation_id,
        claim=tenancy.claim,
        position=event.position,
    )
    return _bounded(lane, after, _subjects(news), frozenset())


def _settled(
    lane: Lane, event: Event, content: InstallationAnswered | InstallationAccepted
) -> Folded:
    """Fold whose the repository is, as GitHub or an operator says."""
    known = lane.tenancy
    if isinstance(content, InstallationAnswered):
        tenancy = known.answered(content, event.position)
    else:
        tenancy = known.accepted(content, event.position)
    if tenancy is known:
        return Folded(lane)
    return _bounded(lane, _held(lane, event, tenancy), _NOTHING, frozenset())


def _held(lane: Lane, event: Event, tenancy: Tenancy) -> Lane:
    """Return a lane with what is known of whose it is."""
    seen = lane.repository
    if seen is not None and tenancy.full_name is not None:
        seen = replace(seen, full_name=tenancy.full_name)
    return replace(
        lane,
        repository=seen,
        installation_id=tenancy.installation_id,
        claim=tenancy.claim,
        moved=tenancy.moved,
        position=event.position,
    )


def _subjects(news: News) -> Subjects:
    return Subjects(frozenset(news.issues), frozenset(news.pull_requests), frozenset(news.commits))


def _bounded(was: Lane, now: Lane, subjects: Subjects, handled: frozenset[int]) -> Folded:
    """Return the lane without what lies beyond the horizon; looks only when it knows more things.

    Within the horizon it is the same object.
    """
    folded = tied(was, now, subjects, handled)
    tally = folded.lane.tally
    if tally.get("thing", 0) > was.tally.get("thing", 0) and not is_within(tally):
        gone = beyond(folded.lane)
        # Not of the lane as it was tied: what came and goes at once leaves no tie behind.
        kept = tied(was, _without(now, gone), _union(subjects, gone), handled | gone.issues)
        return replace(kept, touched=replace(kept.touched, trimmed=True))
    return folded


def _reached(was: Lane, now: Lane, subjects: Subjects, others: frozenset[int]) -> Subjects:
    """Return the subjects that changed, and those that others keep or no longer keep."""
    issues = subjects.issues | others
    if not issues and not subjects.pull_requests:
        return subjects  # as most are: about a commit
    parts = [_parts_of(lane, issue) for lane in (was, now) for issue in issues]
    issues = issues.union(*parts)  # kept as long as they are listed
    linked = (lane.linked(issue) for lane in (was, now) for issue in issues)
    seen = (lane.pull_request(pull).seen for lane in (was, now) for pull in subjects.pull_requests)
    return Subjects(
        issues,
        subjects.pull_requests.union(*linked),
        subjects.commits.union([pull.head_sha for pull in seen if pull is not None]),
    )


def _parts_of(lane: Lane, issue: int) -> tuple[int, ...]:
    return parts_of(lane.issue(issue), lane.repository_id)


def _and_issues(subjects: Subjects, issues: frozenset[int]) -> Subjects:
    if not issues:
        return subjects
    return Subjects(subjects.issues | issues, subjects.pull_requests, subjects.commits)


def _known(lane: Lane) -> Known:
    return Known(lane.repository_id, lane.issues, lane.pull_requests, lane.ours.handlings)


def _with(known: Mapping[K, V], news: Mapping[K, V]) -> Mapping[K, V]:
    return {**known, **news} if news else known


def _union(some: Subjects, others: Subjects) -> Subjects:
    return Subjects(
        some.issues | others.issues,
        some.pull_requests | others.pull_requests,
        some.commits | others.commits,
    )


def _without(lane: Lane, gone: Subjects) -> Lane:
    handlings = _less(lane.ours.handlings, gone.issues)
    return replace(
        lane,
        issues=_less(lane.issues, gone.issues),
        pull_requests=_less(lane.pull_requests, gone.pull_requests),
        commits=_less(lane.commits, gone.commits),
        ours=replace(lane.ours, handlings=handlings),
    )


def _less(known: Mapping[K, V], gone: Iterable[K]) -> Mapping[K, V]:
    dropped = set(gone)
    return {key: value for key, value in known.items() if key not in dropped}
