from events.github import is_copilot_agent, is_copilot_reviewer
from simulator.payloads import copilot_agent, copilot_reviewer


def test_copilot_is_known_by_its_numeric_ids() -> None:
    assert is_copilot_agent(copilot_agent()["id"])
    assert not is_copilot_agent(copilot_reviewer()["id"])
    assert is_copilot_reviewer(copilot_reviewer()["id"])
    assert not is_copilot_agent(None)
