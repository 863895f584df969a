"""An epic in the whole loop: its parts are worked on in its order, then a person closes it."""

from tests.loop.troubles import EPIC, Ended


def test_the_parts_are_worked_on_in_the_epics_order_and_a_person_is_told_of_the_end(
    ended: Ended,
) -> None:
    actions = ended.actions[EPIC]
    assert ended.town.doubled() == []
    assert "failed" not in {each["outcome"] for each in actions}
    started = [each for each in actions if each["kind"] == "assign"]
    assert [each["issue"]["number"] for each in reversed(started)] == [3, 1, 2]
    told = [each for each in actions if each["kind"] == "hand_to_person"]
    assert [each["issue"]["number"] for each in told] == [4]
    pages = {each["issue"]["number"]: each for each in ended.workflows[EPIC]}
    assert {number: each["stage"] for number, each in pages.items()} == dict.fromkeys(
        range(1, 5), "done"
    )
    assert pages[4]["pull_request"] is None
