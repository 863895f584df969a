"""The worked table of what a visit dates, row by row against the code."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregates.lane import Lane, evolve
from events.github import IssueSeen
from reactions.resync.doubts import doubts, settles
from simulator.payloads import deliveries
from tests.projections.builders import a_delivery, placed
from tests.worked import issue, rows

ROWS = rows("What a visit says of what it read")
HEARD = placed(a_delivery("issues", deliveries.issues()), 1)
REPOSITORY = HEARD.repository_id or 0


def knowing(known: str) -> Lane:
    """A lane that has heard of one issue, or of none."""
    lane = Lane(repository_id=REPOSITORY)
    return lane if known == "nothing" else evolve(lane, HEARD, (here(known),))


def here(written: str) -> IssueSeen:
    return replace(issue(written), repository_id=REPOSITORY)


@pytest.mark.parametrize(("known", "seconds", "read", "dated"), ROWS)
def test_a_visit_dates_what_the_table_says(known: str, seconds: str, read: str, dated: str) -> None:
    began = HEARD.recorded_at + timedelta(seconds=int(seconds))

    assert settles(knowing(known), here(read), began) == (dated == "yes")


@pytest.mark.parametrize(("known", "seconds", "read", "dated"), ROWS)
def test_what_is_dated_ends_a_doubt(known: str, seconds: str, read: str, dated: str) -> None:
    lane = knowing(known)
    began = HEARD.recorded_at + timedelta(seconds=int(seconds))
    settled = replace(here(read), settled_at=began)
    event = replace(HEARD, position=2, recorded_at=began)

    doubted = [doubt.seen for doubt in doubts(lane)]
    assert bool(doubted) == known.endswith("uncertain")
    if dated == "yes":
        assert not list(doubts(evolve(lane, event, (settled,))))
