"""What may happen to accounts, and what the plainest fold makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from events.envelope import NewEvent
from events.store import Store
from projections.engine.projection import EVERY_ROW, Key, ReadEvent, Step
from tests.events.builders import an_event
from tests.projections.accounts import ACCOUNTS, BANK, Kept, pack
from tests.projections.builders import Rows, parked_events, placed, table_rows

SOUND = (
    *("paid", "paid", "moved", "closed", "looked at"),
    *("shut", "opened", "shut and paid", "audited", "audited and paid"),
)
# Each of these changes an account until its fault shows; "refused" is what no database takes.
FAULTS = (
    *("untouchable", "half digested", "half derived", "refused"),
    *("derived elsewhere", "derived in part", "derived without a key"),
)
SHAKEN = "shaken"  # at fault only while there is an account 3


@dataclass
class Outcome:
    """Every row, every derived row by table, and the positions parked."""

    rows: Rows = field(default_factory=dict)
    derived: dict[str, Rows] = field(
        default_factory=lambda: {table.name: {} for table in ACCOUNTS.derived}
    )
    parked: set[int] = field(default_factory=set)


def happened(kind: str, number: int = 1, amount: int = 10) -> NewEvent:
    """An event that concerns one account, or with some kinds all of them."""
    return an_event(
        source="operator", type=kind, payload="{}", repository_id=number, subject_number=amount
    )


account_histories = st.lists(
    st.builds(
        happened,
        st.sampled_from((*SOUND, *SOUND, *FAULTS, SHAKEN)),
        st.integers(1, 4),
        st.sampled_from((-10, 10, 20)),
    ),
    min_size=1,
    max_size=20,
)


async def stored(store: Store) -> Outcome:
    """What the database holds."""
    return Outcome(
        await table_rows(store, ACCOUNTS.table),
        {table.name: await table_rows(store, table) for table in ACCOUNTS.derived},
        {position for _, position in await parked_events(store)},
    )


def folded(history: Iterable[NewEvent]) -> Outcome:
    """What there should be: one event after the other, each on copies that a fault discards."""
    kept: dict[Key, Kept] = {}
    outcome = Outcome()
    for position, new in enumerate(history, start=1):
        read = ReadEvent(placed(new, position))
        try:
            kept, outcome.derived = _after(read, kept, outcome.derived)
        except _Refused:
            outcome.parked.add(position)
    outcome.rows = {key: pack(row) for key, row in kept.items()}
    return outcome


class _Refused(Exception):
    pass


def _after(
    read: ReadEvent, kept: dict[Key, Kept], derived: dict[str, Rows]
) -> tuple[dict[Key, Kept], dict[str, Rows]]:
    if read.event.type in FAULTS or (read.event.type == SHAKEN and (3,) in kept):
        raise _Refused
    keys = set(ACCOUNTS.touches(read))
    if EVERY_ROW in keys:
        keys = keys - {EVERY_ROW} | {BANK} | set(kept)
    changed: dict[Key, Kept | None] = {**kept}
    for key in keys:
        changed[key] = ACCOUNTS.evolve(kept.get(key), key, read)
    for key in sorted(keys, key=lambda key: (key != BANK, key)):
        contexts = (kept.get(BANK), changed.get(BANK))
        rows = (kept.get(key), changed[key])
        if rows[0] is not rows[1] or contexts[0] is not contexts[1]:
            derived = _written(Step(key, *rows, *contexts, read), derived)
    return {key: row for key, row in changed.items() if row is not None}, derived


def _written(step: Step[Kept], derived: dict[str, Rows]) -> dict[str, Rows]:
    assert ACCOUNTS.derive is not None
    for each in ACCOUNTS.derive(step):
        others = {key: row for key, row in derived[each.table.name].items() if key != each.key}
        if each.values is not None:
            names = [column.name for column in each.table.primary_key]
            others[each.key] = {**each.values, **dict(zip(names, each.key, strict=True))}
        derived = derived | {each.table.name: others}
    return derived
