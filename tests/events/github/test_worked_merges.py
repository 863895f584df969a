"""The worked table of merging, row by row against the code."""

from dataclasses import replace

import pytest

from events.github import identity_of, merge, tied
from tests.worked import issue, rows

ROWS = rows("What two snapshots say together")


@pytest.mark.parametrize(("one", "other", "together"), ROWS)
def test_two_snapshots_say_together_what_the_table_says(
    one: str, other: str, together: str
) -> None:
    a, b = issue(one), issue(other)

    assert merge(a, b) == merge(b, a) == issue(together)
    assert identity_of(a) == identity_of(b)


@pytest.mark.parametrize(("one", "other", "together"), ROWS)
def test_a_tie_and_nothing_else_brings_a_doubt(one: str, other: str, together: str) -> None:
    a, b = (replace(issue(each), uncertain=False) for each in (one, other))

    assert merge(a, b).uncertain == tied(a, b)
    assert not tied(a, b) or issue(together).uncertain


def test_the_table_has_what_is_hard_to_keep_in_mind() -> None:
    told = " ".join(word for row in ROWS for word in row)
    assert all(word in told for word in ("of :", "settled", "uncertain", "deleted"))
    assert len(ROWS) >= 20
