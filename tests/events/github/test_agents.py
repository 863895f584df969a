from dataclasses import replace

from events.github import is_agent, is_copilot_reviewer
from events.github.actors import kind_of
from events.github.agents import (
    COPILOT,
    COPILOT_ALONE,
    Agents,
    has_agent,
    is_agents_branch,
    known_agents,
    reading_by,
)
from events.github.mentions import mentions_agent
from events.github.node import Node
from simulator.payloads import copilot_agent, copilot_reviewer
from tests.agents import BOTH, SCRIBE


def test_copilot_is_known_by_its_numeric_ids() -> None:
    assert is_agent(copilot_agent()["id"])
    assert not is_agent(copilot_reviewer()["id"])
    assert is_copilot_reviewer(copilot_reviewer()["id"])
    assert not is_agent(None)


def test_an_agent_of_the_table_is_read_as_copilot_is() -> None:
    with reading_by(BOTH):
        assert is_agent(4321)
        assert has_agent((1, 4321))
        assert is_agents_branch("scribe/fix-1")
        assert kind_of(Node({"id": 4321, "login": "whatever"}, "$")) == "copilot_agent"
        assert mentions_agent("please, @Scribe, go on")
        assert mentions_agent("please, @copilot, go on")


def test_whoever_takes_the_login_of_an_agent_is_none() -> None:
    with reading_by(BOTH):
        assert kind_of(Node({"id": 5, "login": SCRIBE.login}, "$")) == "bot"


def test_who_is_not_in_the_table_is_no_agent() -> None:
    assert not is_agent(4321)
    assert not is_agents_branch("scribe/fix-1")
    assert not mentions_agent("please, @scribe, go on")
    assert not mentions_agent("mail to scribe@copilot.example")


def test_a_word_that_is_a_part_of_another_mentions_nobody() -> None:
    with reading_by(BOTH):
        assert not mentions_agent("ask @scribes and @scribe-er about `@scribe`")


def test_no_agent_can_be_told_where_none_is_mentioned() -> None:
    with reading_by(Agents((replace(COPILOT, mention=None),))):
        assert not mentions_agent("please, @copilot, go on")


def test_a_table_is_in_force_within_its_block_alone() -> None:
    with reading_by(BOTH):
        assert known_agents() is BOTH
    assert known_agents() == COPILOT_ALONE


def test_the_digest_tells_what_is_meant_and_not_how_it_is_written() -> None:
    assert COPILOT_ALONE.digest == 0
    assert BOTH.digest == Agents((SCRIBE, COPILOT)).digest != 0
    others = [replace(SCRIBE, user_id=1), replace(SCRIBE, mention=None), replace(SCRIBE, branch="")]
    assert len({BOTH.digest, *(Agents((COPILOT, each)).digest for each in others)}) == 4
