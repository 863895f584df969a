"""Whatever is told of failures, all of it together is within the bound."""

import json

from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import Json
from events.github.failures import (
    MAX_ANNOTATION,
    MAX_ANNOTATIONS,
    MAX_BYTES,
    MAX_CHECKS,
    MAX_EXCERPT,
    MAX_NAME,
    MAX_URL,
)
from reactions.asking.failure import fit
from tests.worlds.examples import SOME


def texts(most: int) -> st.SearchStrategy[str]:
    """Short texts, and as long ones as there are, whose characters take as many bytes as can be."""
    return st.text(max_size=5) | st.sampled_from(
        ["x" * most, "ü" * most, "🚀" * most, "a\n" * (most // 2)]
    )


checks = st.lists(
    st.fixed_dictionaries(
        {"name": texts(MAX_NAME)},
        optional={
            "workflow": texts(MAX_NAME),
            "step": texts(MAX_NAME),
            "run_url": texts(MAX_URL),
            "excerpt": texts(MAX_EXCERPT),
            "annotations": st.lists(texts(MAX_ANNOTATION), max_size=MAX_ANNOTATIONS),
            "lacks": st.lists(texts(MAX_NAME), max_size=MAX_ANNOTATIONS),
        },
    ),
    max_size=MAX_CHECKS,
)


@SOME
@given(checks)
def test_it_is_bounded_and_names_every_check(told: list[dict[str, Json]]) -> None:
    names, whole = [each["name"] for each in told], json.dumps(told)
    fit(told)
    assert len(json.dumps(told).encode()) < MAX_BYTES - 400
    assert [each["name"] for each in told] == names
    if len(whole) < MAX_BYTES // 2:
        assert json.dumps(told) == whole
