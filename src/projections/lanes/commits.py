"""A commit's checks as they are stored: in its own row, and in parts of it where there are many.

What is written, and read again by who decides, is the part that a check belongs to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import TypeAdapter

from aggregates.lane.parts import PARTS, Check, Checks, Part, in_parts
from aggregates.lane.subjects import UNKNOWN_COMMIT, Heard, KnownCommit

CHECKS: Final = "checks"  # the kind of a part's row, whose key is ``SHA/part``
WHOLE = 200  # checks that stand in the commit's own row


@dataclass(frozen=True, slots=True)
class _Own:
    """What a commit's own row says of it; where there are many checks, none of them."""

    checks: Mapping[str, Check] = field(default_factory=dict)
    heard: Heard | None = None


_OWN: TypeAdapter[_Own] = TypeAdapter(_Own)
_PART: TypeAdapter[dict[str, Check]] = TypeAdapter(dict[str, Check])


def packed_commit(commit: KnownCommit) -> str:
    """Return what a commit's own row says, as JSON."""
    own = {} if _is_parted(commit) else commit.checks.by_slot
    return _OWN.dump_json(_Own(own, commit.heard), exclude_defaults=True).decode()


def packed_part(commit: KnownCommit, key: str) -> str:
    """Return what the row of a part says, as JSON."""
    part = commit.checks.parts.get(int(key.rpartition("/")[2]))
    return _PART.dump_json(dict(part.checks) if part else {}, exclude_defaults=True).decode()


def changed_parts(sha: str, was: KnownCommit | None, now: KnownCommit | None) -> Iterator[str]:
    """Yield the keys of the parts of a commit's checks that came, changed or went."""
    before, after = was or UNKNOWN_COMMIT, now or UNKNOWN_COMMIT
    if not (_is_parted(before) or _is_parted(after)):
        return
    known, parts = before.checks.parts, after.checks.parts
    all_of_them = not (_is_parted(before) and _is_parted(after))
    for part in range(PARTS):
        if all_of_them or known.get(part) is not parts.get(part):
            yield f"{sha}/{part}"


def unpacked_commit(state: str) -> KnownCommit:
    """Return a commit as its own row says."""
    own = _OWN.validate_json(state)
    return KnownCommit(checks=in_parts(own.checks), heard=own.heard)


def joined(
    own: Mapping[str, KnownCommit], parts: Mapping[str, str], before: Mapping[str, KnownCommit]
) -> dict[str, KnownCommit]:
    """Return commits with their checks, from their own rows and the parts that changed, by key.

    ``before`` are the commits as they were.
    """
    told: dict[str, dict[int, Part]] = {}
    for key, state in parts.items():
        sha, _, part = key.rpartition("/")
        told.setdefault(sha, {})[int(part)] = Part(_PART.validate_json(state))
    found = dict(own)
    for sha, changed in told.items():
        every = {**before.get(sha, UNKNOWN_COMMIT).checks.parts, **changed}
        left = {number: part for number, part in every.items() if part.checks}
        found[sha] = replace(own[sha], checks=Checks(left))
    return found


def _is_parted(commit: KnownCommit) -> bool:
    return len(commit.checks) > WHOLE
