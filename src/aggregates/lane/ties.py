"""What hangs together in a lane: pull requests with issues and heads, issues with their blockers.

So that an event about one of them is followed to the others without looking at the whole lane.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar

from aggregates.lane.ours import UNTOUCHED, Handling
from aggregates.lane.subjects import (
    UNKNOWN_ISSUE,
    UNKNOWN_PULL_REQUEST,
    KnownIssue,
    KnownPullRequest,
)
from events.github import PullRequestSeen
from events.github.agents import agent_of, is_agent, is_agents_branch

Numbers: TypeAlias = tuple[int, ...]
K = TypeVar("K", int, str)
V = TypeVar("V")


class Orphan(NamedTuple):
    """An agent's pull request that names no issue: whose, when it was opened, and ended, if so."""

    agent: int
    opened: datetime
    ended: datetime | None


class Waiting(NamedTuple):
    """An issue that an agent was given: which, when, and when it was closed, if so."""

    agent: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Numbers of issues and pull requests by what they are tied to, each tuple sorted.

    ``pull_requests`` are the candidates of each issue, open, merged and closed ones alike: those
    that are ``named`` by evidence, those that a person said work on it, and those that only fit
    (``adopted``): opened after its author's one assignment that was open then, from a branch of
    theirs. Where several issues waited, it fits none.

    ``issues`` says the same by pull request, ``heads`` by commit which pull requests it is the
    head of, ``blocks`` which issues of this repository name an issue as their blocker, ``parents``
    of which of them it is a part by GitHub's answer. What links follow from: ``named`` by issue,
    seen or not, Copilot's pull requests that close it by keyword or by GitHub's answer; ``beside``,
    those of others that say so, which changes nothing; ``orphans``, Copilot's pull requests without
    such an issue; ``waiting``, the issues that Copilot was assigned to and that no pull request
    names since.
    """

    pull_requests: Mapping[int, Numbers] = field(default_factory=dict)
    issues: Mapping[int, Numbers] = field(default_factory=dict)
    heads: Mapping[str, Numbers] = field(default_factory=dict)
    blocks: Mapping[int, Numbers] = field(default_factory=dict)
    parents: Mapping[int, Numbers] = field(default_factory=dict)
    named: Mapping[int, Numbers] = field(default_factory=dict)
    beside: Mapping[int, Numbers] = field(default_factory=dict)
    orphans: Mapping[int, Orphan] = field(default_factory=dict)
    waiting: Mapping[int, Waiting] = field(default_factory=dict)
    adopted: Mapping[int, Numbers] = field(default_factory=dict)


class Known(NamedTuple):
    """The issues and pull requests of a repository's lane at one time, and what people said."""

    repository_id: int
    issues: Mapping[int, KnownIssue]
    pull_requests: Mapping[int, KnownPullRequest]
    handlings: Mapping[int, Handling]

    def issue(self, number: int) -> KnownIssue:
        """Return what was known of an issue."""
        return self.issues.get(number, UNKNOWN_ISSUE)

    def pull_request(self, number: int) -> KnownPullRequest:
        """Return what was known of a pull request."""
        return self.pull_requests.get(number, UNKNOWN_PULL_REQUEST)

    def naming(self, number: int) -> Numbers:
        """Return the issues that Copilot's pull request names by evidence, seen or not."""
        known = self.pull_request(number)
        if known.seen is None or not may_work(known.seen):
            return ()
        answered = known.closes.issues if known.closes is not None else ()
        return tuple(sorted({*(known.seen.closing_issue_numbers or ()), *answered}))

    def beside(self, number: int) -> Numbers:
        """Return the issues that a pull request says to close which can be nobody's work."""
        seen = self.pull_request(number).seen
        return () if seen is None or may_work(seen) else seen.closing_issue_numbers or ()

    def said(self, number: int) -> Mapping[int, bool]:
        """Return of which pull requests a person said whether they work on an issue."""
        return self.handlings.get(number, UNTOUCHED).linked


def may_work(pull: PullRequestSeen) -> bool:
    """Say whether a pull request may be the work on an issue: an agent's own, and not on its own.

    One whose base is another branch of an agent's is a part of that work.
    """
    return is_agent(pull.author_id) and not is_agents_branch(pull.base_ref)


def parts_of(known: KnownIssue, repository_id: int) -> Numbers:
    """Return the sub-issues of an issue that are of a repository, in their order."""
    if known.sub_issues is None:
        return ()
    return tuple(p.number for p in known.sub_issues.parts if p.repository_id == repository_id)


NO_TIES = Ties()


class Retied(NamedTuple):
    """Ties, and the issues that other pull requests are linked to than before."""

    ties: Ties
    issues: set[int]


def hang_on(was: KnownIssue, now: KnownIssue) -> bool:
    """Say whether ties may differ between an issue as it was and as it is."""
    return _tying(was) != _tying(now)


def _tying(known: KnownIssue) -> tuple[object, ...]:
    seen = known.seen
    ended = (seen.deleted, seen.transferred, seen.closed_at) if seen is not None else None
    return ended, known.assignment, known.reopened_at, known.dependencies, known.sub_issues


def ties_of(now: Known) -> Ties:
    """Return all ties of a lane."""
    nothing = Known(now.repository_id, {}, {}, {})
    issues = {*now.issues, *now.handlings}
    return retied(NO_TIES, nothing, now, issues, set(now.pull_requests)).ties


def retied(ties: Ties, was: Known, now: Known, issues: set[int], pulls: set[int]) -> Retied:
    """Return the ties once some issues and pull requests changed, or came or went.

    Costs what these are tied to, whatever else the lane knows.
    """
    named = _regrouped(ties.named, ((n, was.naming(n), now.naming(n)) for n in pulls))
    appeared = {n for n in issues if (was.issue(n).seen is None) != (now.issue(n).seen is None)}
    renamed = appeared.union(*((*was.naming(n), *now.naming(n)) for n in pulls))
    reached = pulls.union(*(named.get(n, ()) for n in appeared))
    orphans = _updated(ties.orphans, {n: _orphan(now, n) for n in reached})
    waiting = _updated(ties.waiting, {n: _waiting(now, named, n) for n in issues | renamed})
    adopted = ties.adopted
    if orphans is not ties.orphans or waiting is not ties.waiting:
        adopted = _adopted(orphans, waiting)
    affected = renamed.union(_differing(ties.adopted, adopted))
    affected |= {n for n in issues if was.said(n) != now.said(n)}
    found = {n: _linked(now, named, adopted, n) for n in affected}
    linked = {n: of for n, of in found.items() if of != ties.pull_requests.get(n, ())}
    after = Ties(
        pull_requests=_updated(ties.pull_requests, {n: of or None for n, of in linked.items()}),
        issues=_regrouped(
            ties.issues, ((n, ties.pull_requests.get(n, ()), of) for n, of in linked.items())
        ),
        heads=_regrouped(ties.heads, ((n, _head(was, n), _head(now, n)) for n in pulls)),
        blocks=_regrouped(ties.blocks, ((n, _blockers(was, n), _blockers(now, n)) for n in issues)),
        parents=_regrouped(ties.parents, ((n, _parts(was, n), _parts(now, n)) for n in issues)),
        named=named,
        beside=_regrouped(ties.beside, ((n, was.beside(n), now.beside(n)) for n in pulls)),
        orphans=orphans,
        waiting=waiting,
        adopted=adopted,
    )
    return Retied(ties if after == ties else after, affected)


def _is_seen(now: Known, number: int) -> bool:
    return now.issue(number).seen is not None


def _orphan(now: Known, number: int) -> Orphan | None:
    """Return an agent's pull request that names no known issue; None: it is none."""
    pull = now.pull_request(number).seen
    agent = agent_of(pull.author_id) if pull is not None and may_work(pull) else None
    if pull is None or agent is None or not pull.head_ref.startswith(agent.branch):
        return None
    names = any(_is_seen(now, issue) for issue in now.naming(number))
    if names or pull.created_at is None:
        return None
    return Orphan(agent.user_id, pull.created_at, pull.merged_at or pull.closed_at)


def _waiting(now: Known, named: Mapping[int, Numbers], number: int) -> Waiting | None:
    """Return since when an agent has an issue that no pull request names since; None: none has.

    What it was given before the issue was reopened is over.
    """
    known = now.issue(number)
    assignment = known.assignment
    if assignment is None or not assignment.present:
        return None
    if known.reopened_at is not None and assignment.at <= known.reopened_at:
        return None
    if _is_seen(now, number) and any(
        _opened_since(now, pull, assignment.at) for pull in named.get(number, ())
    ):
        return None
    seen = known.seen
    gone = seen is not None and (seen.deleted or seen.transferred)
    if gone:
        return None
    until = seen.closed_at if seen is not None else None
    return Waiting(assignment.assignee_id, assignment.at, until)


def _opened_since(now: Known, number: int, at: datetime) -> bool:
    seen = now.pull_request(number).seen
    return seen is not None and (seen.created_at is None or seen.created_at >= at)


def _adopted(
    orphans: Mapping[int, Orphan], waiting: Mapping[int, Waiting]
) -> Mapping[int, Numbers]:
    """Return the one issue that each orphan fits, none where several waited when it was opened.

    What was finished by then waits for nothing, nor does what an orphan worked on that had ended.
    """
    found: dict[int, list[int]] = {}
    for number in sorted(orphans, key=lambda each: (orphans[each].opened, each)):
        opened = orphans[number].opened
        before = [
            issue
            for issue, (agent, since, until) in waiting.items()
            if agent == orphans[number].agent
            and since <= opened
            and (until is None or until > opened)
            and not any(_had_ended(orphans[one], opened) for one in found.get(issue, ()))
        ]
        if len(before) == 1:
            found.setdefault(before[0], []).append(number)
    return {issue: tuple(sorted(pulls)) for issue, pulls in found.items()}


def _had_ended(orphan: Orphan, at: datetime) -> bool:
    return orphan.ended is not None and orphan.ended <= at


def _linked(
    now: Known, named: Mapping[int, Numbers], adopted: Mapping[int, Numbers], number: int
) -> Numbers:
    """Return the candidates of an issue; what a person said of one counts before the rest."""
    naming = named.get(number, ()) if _is_seen(now, number) else ()
    said = now.said(number)
    found = {*naming, *adopted.get(number, ()), *(pull for pull, works in said.items() if works)}
    return tuple(sorted(pull for pull in found if said.get(pull, True)))


def _head(known: Known, number: int) -> tuple[str, ...]:
    pull = known.pull_requests.get(number, UNKNOWN_PULL_REQUEST).seen
    return (pull.head_sha,) if pull is not None else ()


def _blockers(known: Known, number: int) -> Numbers:
    changes = known.issue(number).dependencies.values()
    here = (c for c in changes if c.blocking_repository_id == known.repository_id)
    return tuple(change.blocking_number for change in here)


def _parts(known: Known, number: int) -> Numbers:
    return parts_of(known.issue(number), known.repository_id)


def _differing(before: Mapping[int, object], after: Mapping[int, object]) -> Iterator[int]:
    if before is not after:
        keys = before.keys() | after.keys()
        yield from (key for key in keys if before.get(key) != after.get(key))


def _updated(known: Mapping[K, V], news: Mapping[K, V | None]) -> Mapping[K, V]:
    """Return a map with some values replaced, None: removed; the same object for no news."""
    if all(known.get(key) == value for key, value in news.items()):
        return known
    both = {**known, **news}
    return {key: value for key, value in both.items() if value is not None}


def _regrouped(
    groups: Mapping[K, Numbers], moves: Iterable[tuple[int, tuple[K, ...], tuple[K, ...]]]
) -> Mapping[K, Numbers]:
    """Return groups in which each member left those it was in before for those it is in now."""
    news: dict[K, Numbers | None] = {}
    for member, before, after in moves:
        for key in set(before) ^ set(after):
            group = news.get(key, groups.get(key)) or ()
            rest = set(group) ^ {member}  # it leaves the one, it joins the other
            news[key] = tuple(sorted(rest)) or None
    return _updated(groups, news) if news else groups
