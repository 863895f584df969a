"""A commit's checks as they are stored: in its own row, and in parts of it where there are many.

A matrix comes to thousands of checks of one commit, and each of them is told several times: what is
written, and read again by who decides, is the part that the check belongs to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final
from zlib import crc32

from pydantic import TypeAdapter

from aggregates.lane.subjects import UNKNOWN_COMMIT, Check, KnownCommit

CHECKS: Final = "checks"  # the kind of a part's row, whose key is ``SHA/part``
WHOLE = 200  # checks that stand in the commit's own row
_PARTS = 64

_PART: TypeAdapter[dict[str, Check]] = TypeAdapter(dict[str, Check])


def packed_part(commit: KnownCommit, key: str) -> str:
    """Return what the row of a part says, as JSON."""
    wanted = int(key.rpartition("/")[2])
    part = {slot: check for slot, check in commit.checks.items() if _part_of(slot) == wanted}
    return _PART.dump_json(part, exclude_defaults=True).decode()


def changed_parts(sha: str, was: KnownCommit | None, now: KnownCommit | None) -> Iterator[str]:
    """Yield the keys of the parts of a commit's checks that came, changed or went."""
    before, after = was or UNKNOWN_COMMIT, now or UNKNOWN_COMMIT
    if not (_is_parted(before) or _is_parted(after)):
        return
    if not (_is_parted(before) and _is_parted(after)):
        changed = set(range(_PARTS))
    else:
        known = before.checks
        changed = {_part_of(slot) for slot, c in after.checks.items() if known.get(slot) is not c}
    yield from (f"{sha}/{part}" for part in sorted(changed))


def joined(
    own: Mapping[str, KnownCommit], parts: Mapping[str, str], before: Mapping[str, KnownCommit]
) -> dict[str, KnownCommit]:
    """Return commits with their checks, from their own rows and the parts that changed, by key.

    ``before`` are the commits as they were: a check never leaves one.
    """
    told: dict[str, dict[str, Check]] = {}
    for key, state in parts.items():
        told.setdefault(key.rpartition("/")[0], {}).update(_PART.validate_json(state))
    found = dict(own)
    for sha, checks in told.items():
        known = before.get(sha, UNKNOWN_COMMIT).checks
        found[sha] = replace(own[sha], checks={**known, **checks})
    return found


def _is_parted(commit: KnownCommit) -> bool:
    return len(commit.checks) > WHOLE


def _part_of(slot: str) -> int:
    return crc32(slot.encode()) % _PARTS
