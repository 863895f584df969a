"""What hangs together in a lane: pull requests with issues and heads, issues with their blockers.

So that an event about one of them is followed to the others without looking at the whole lane.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar

from aggregates.lane.subjects import (
    UNKNOWN_ISSUE,
    UNKNOWN_PULL_REQUEST,
    KnownIssue,
    KnownPullRequest,
)
from events.github.names import is_copilot_agent

Numbers: TypeAlias = tuple[int, ...]
K = TypeVar("K", int, str)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Numbers of issues and pull requests by what they are tied to, each tuple sorted.

    ``pull_requests`` are the candidates of each issue, open, merged and closed ones alike: a
    keyword that closes the issue links, on the default branch. Copilot's pull request without one
    works for the one issue that Copilot was assigned to before and that no other is linked to; if
    there are several such issues, it is linked to none.

    ``issues`` says the same by pull request, ``heads`` by commit which pull requests it is the
    head of, ``blocks`` which issues of this repository name an issue as their blocker. What links
    follow from: ``named`` by issue, seen or not, the pull requests that close it by keyword;
    ``orphans``, Copilot's pull requests without such an issue, with when they were opened;
    ``waiting``, the issues that Copilot was assigned to and that no keyword names, with when.
    """

    pull_requests: Mapping[int, Numbers] = field(default_factory=dict)
    issues: Mapping[int, Numbers] = field(default_factory=dict)
    heads: Mapping[str, Numbers] = field(default_factory=dict)
    blocks: Mapping[int, Numbers] = field(default_factory=dict)
    named: Mapping[int, Numbers] = field(default_factory=dict)
    orphans: Mapping[int, datetime] = field(default_factory=dict)
    waiting: Mapping[int, datetime] = field(default_factory=dict)
    adopted: Mapping[int, Numbers] = field(default_factory=dict)


class Known(NamedTuple):
    """The issues and pull requests of a repository's lane at one time."""

    repository_id: int
    issues: Mapping[int, KnownIssue]
    pull_requests: Mapping[int, KnownPullRequest]

    def issue(self, number: int) -> KnownIssue:
        """Return what was known of an issue."""
        return self.issues.get(number, UNKNOWN_ISSUE)

    def closing(self, number: int) -> Numbers:
        """Return the issues that a pull request closes by keyword, seen or not."""
        pull = self.pull_requests.get(number, UNKNOWN_PULL_REQUEST).seen
        return (pull.closing_issue_numbers or ()) if pull is not None else ()


NO_TIES = Ties()


class Retied(NamedTuple):
    """Ties, and the issues that other pull requests are linked to than before."""

    ties: Ties
    issues: set[int]


def ties_of(now: Known) -> Ties:
    """Return all ties of a lane."""
    nothing = Known(now.repository_id, {}, {})
    return retied(NO_TIES, nothing, now, set(now.issues), set(now.pull_requests)).ties


def retied(ties: Ties, was: Known, now: Known, issues: set[int], pulls: set[int]) -> Retied:
    """Return the ties once some issues and pull requests changed, or came or went.

    Costs what these are tied to, whatever else the lane knows.
    """
    named = _regrouped(ties.named, ((n, was.closing(n), now.closing(n)) for n in pulls))
    appeared = {n for n in issues if (was.issue(n).seen is None) != (now.issue(n).seen is None)}
    renamed = appeared.union(*((*was.closing(n), *now.closing(n)) for n in pulls))
    reached = pulls.union(*(named.get(n, ()) for n in appeared))
    orphans = _updated(ties.orphans, {n: _orphan_since(now, n) for n in reached})
    waiting = _updated(ties.waiting, {n: _waits_since(now, named, n) for n in issues | renamed})
    adopted = ties.adopted
    if orphans is not ties.orphans or waiting is not ties.waiting:
        adopted = _adopted(orphans, waiting)
    affected = renamed.union(_differing(ties.adopted, adopted))
    found = {n: _linked(now, named, adopted, n) for n in affected}
    linked = {n: of for n, of in found.items() if of != ties.pull_requests.get(n, ())}
    after = Ties(
        pull_requests=_updated(ties.pull_requests, {n: of or None for n, of in linked.items()}),
        issues=_regrouped(
            ties.issues, ((n, ties.pull_requests.get(n, ()), of) for n, of in linked.items())
        ),
        heads=_regrouped(ties.heads, ((n, _head(was, n), _head(now, n)) for n in pulls)),
        blocks=_regrouped(ties.blocks, ((n, _blockers(was, n), _blockers(now, n)) for n in issues)),
        named=named,
        orphans=orphans,
        waiting=waiting,
        adopted=adopted,
    )
    return Retied(after, set(linked))


def _is_seen(now: Known, number: int) -> bool:
    return now.issue(number).seen is not None


def _orphan_since(now: Known, number: int) -> datetime | None:
    """Return when Copilot opened a pull request that closes no known issue; None: it is none."""
    pull = now.pull_requests.get(number, UNKNOWN_PULL_REQUEST).seen
    if pull is None or not is_copilot_agent(pull.author_id):
        return None
    closes = any(_is_seen(now, issue) for issue in now.closing(number))
    return None if closes else pull.created_at


def _waits_since(now: Known, named: Mapping[int, Numbers], number: int) -> datetime | None:
    """Return when Copilot was assigned to an issue that no keyword names, None for others."""
    assignment = now.issue(number).assignment
    if assignment is None or not assignment.present:
        return None
    return None if _is_seen(now, number) and number in named else assignment.at


def _adopted(
    orphans: Mapping[int, datetime], waiting: Mapping[int, datetime]
) -> Mapping[int, Numbers]:
    """Return the one issue that each orphan can be for, none when there are several."""
    found: dict[int, list[int]] = {}
    for number in sorted(orphans):
        before = [issue for issue, at in waiting.items() if at <= orphans[number]]
        if len(before) == 1:
            found.setdefault(before[0], []).append(number)
    return {issue: tuple(pulls) for issue, pulls in found.items()}


def _linked(
    now: Known, named: Mapping[int, Numbers], adopted: Mapping[int, Numbers], number: int
) -> Numbers:
    closing = named.get(number, ()) if _is_seen(now, number) else ()
    return tuple(sorted({*closing, *adopted.get(number, ())}))


def _head(known: Known, number: int) -> tuple[str, ...]:
    pull = known.pull_requests.get(number, UNKNOWN_PULL_REQUEST).seen
    return (pull.head_sha,) if pull is not None else ()


def _blockers(known: Known, number: int) -> Numbers:
    changes = known.issue(number).dependencies.values()
    here = (c for c in changes if c.blocking_repository_id == known.repository_id)
    return tuple(change.blocking_number for change in here)


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
