"""Every event of ours has a sentence of its own."""

from uuid import UUID

import pytest

from events.catalogue import REGISTRY, ActionRequested, ActionSucceeded, OwnEvent
from events.github.agents import reading_by
from projections.audit.sentences import About, deed_of
from tests.agents import BOTH
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


def test_another_agent_is_called_by_its_name() -> None:
    asked = ActionRequested(
        kind="assign",
        mode="live",
        issue_number=1,
        token="0",
        reason="next",
        generation=0,
        parameters={"agent": "scribe"},
    )
    done = ActionSucceeded(action_id=UUID(int=1), issue_number=1)
    with reading_by(BOTH):
        assert deed_of(asked).did == "decided to assign Scribe to"
        assert deed_of(done, About("assign", "scribe")).did == "assigned Scribe to"
    assert deed_of(done, About("assign", "scribe")).did == "assigned scribe to"
    assert deed_of(done, About("ask_to_fix_ci")).did == "asked Copilot to mend the checks of"
