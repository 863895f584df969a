"""Every event of ours has a sentence of its own."""

import pytest

from events.catalogue import REGISTRY, OwnEvent
from projections.audit.sentences import deed_of
from tests.events.test_catalogue import EXAMPLES

UNTOLD = {"resync.observed", "timer.fired"}  # which nobody did


@pytest.mark.parametrize(
    "content", EXAMPLES, ids=lambda content: f"{content.type}.{content.action}"
)
def test_each_event_has_a_sentence_for_people(content: OwnEvent) -> None:
    name = f"{content.type}.{content.action}"
    deed = deed_of(content)
    assert name in UNTOLD or name not in deed.did
    assert deed.did


def test_the_examples_are_all_that_there_is() -> None:
    assert {type(each) for each in EXAMPLES} == set(REGISTRY.values())
