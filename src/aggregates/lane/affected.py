"""Which issues an event may have changed something for, so that only these are looked at again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from aggregates.lane.lane import Lane

K = TypeVar("K", int, str)


def affected(before: Lane, after: Lane) -> set[int]:
    """Return the issues for which the two lanes may differ; those told of in either count.

    Unchanged parts of a lane are the same objects, so this costs little.
    """
    if _whole(before) != _whole(after):
        return {*before.seen.issues, *after.seen.issues, *after.conduct.handlings}
    issues = {*_issues(before, after)}
    pulls = {*_pulls(before, after)}
    return issues | _blocked_by(after, issues) | _linked(before, pulls) | _linked(after, pulls)


def _whole(lane: Lane) -> tuple[object, ...]:
    """Return what concerns every issue of a lane."""
    conduct = lane.conduct
    return conduct.mode, conduct.paused, conduct.order, conduct.policy, lane.installation_id


def _issues(before: Lane, after: Lane) -> Iterator[int]:
    was, now = before.seen, after.seen
    yield from _differing(before.conduct.handlings, after.conduct.handlings)
    yield from _differing(before.links, after.links)
    yield from _differing(was.issues, now.issues)
    yield from _differing(was.labels, now.labels)
    yield from _differing(was.assignments, now.assignments)
    yield from _differing(was.reopened, now.reopened)
    yield from _differing(was.dependencies, now.dependencies)
    yield from _differing(was.marks, now.marks)


def _pulls(before: Lane, after: Lane) -> Iterator[int]:
    was, now = before.seen, after.seen
    yield from _differing(was.pull_requests, now.pull_requests)
    yield from _differing(was.reviews, now.reviews)
    yield from _differing(was.requests, now.requests)
    yield from _differing(was.mentions, now.mentions)
    yield from _differing(was.finished, now.finished)
    yield from _differing(was.marks, now.marks)
    shas = {*_differing(was.commits, now.commits)}
    yield from (n for n, pull in now.pull_requests.items() if pull.head_sha in shas)
    for name in _differing(before.heard, after.heard):  # a comment changes nothing else
        kind, _, number = name.partition(":")
        if kind == "reviews":
            yield int(number)


def _blocked_by(lane: Lane, issues: set[int]) -> set[int]:
    if not issues or not lane.seen.dependencies:
        return set()
    blockers = {f"{lane.repository_id}#{number}" for number in issues}
    known = lane.seen.dependencies.items()
    return {blocked for blocked, by in known if not blockers.isdisjoint(by)}


def _linked(lane: Lane, pulls: Iterable[int]) -> set[int]:
    changed = set(pulls)
    if not changed:
        return set()
    return {number for number, linked in lane.links.items() if not changed.isdisjoint(linked)}


def _differing(before: Mapping[K, object], after: Mapping[K, object]) -> set[K]:
    if before is after:
        return set()
    keys = before.keys() | after.keys()
    return {key for key in keys if before.get(key) is not after.get(key)}
