"""Sessions that stop are told to a person at once with their link, and go on when they say so."""

import pytest

from simulator.plan import SessionEnd
from tests.loop.troubles import Ended, of_session

TOLD: dict[SessionEnd, str] = {
    "failed": "Copilot's session failed",
    "timed_out": "Copilot's session took longer than GitHub lets it",
    "waiting_for_user": "Copilot's session waits for a person",
    "cancelled": "Copilot's session was cancelled by a person",
}


@pytest.mark.parametrize("end", TOLD)
def test_a_session_that_stops_is_told_with_its_link_and_goes_on_when_asked(
    ended: Ended, end: SessionEnd
) -> None:
    name = of_session(end)
    ended.done_once(name)
    [task] = ended.town.github.repository(name).tasks
    assert (task.state, task.sessions) == ("completed", 2)
    [told] = [each for each in ended.actions[name] if each["kind"] == "hand_to_person"]
    assert told["decision"].startswith(TOLD[end])
    assert task.snapshot()["html_url"] in told["parameters"]["body"]
    assert ended.town.github.manual_steps[name, 1][0] == "go_on"
