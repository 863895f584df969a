"""Issues of a second agent in the whole loop: given by label, told in its own words, merged."""

from tests.loop.troubles import SCRIBES, Ended


def test_one_issue_is_another_agents_and_both_are_merged(ended: Ended) -> None:
    ended.done_once(SCRIBES)
    agents = {each["issue"]["number"]: each["agent"] for each in ended.workflows[SCRIBES]}
    asked = [e["kind"] for e in ended.actions[SCRIBES] if e["issue"]["number"] == 2]
    assert agents == {1: "Copilot", 2: "Scribe"}
    assert (asked.count("ask_to_fix_ci"), asked.count("ask_to_address_review")) == (1, 1)
    first, second = ended.pull_requests(SCRIBES)
    assert {pull.author["login"] for pull in (first, second)} == {"Copilot", "Scribe"}
    told = [c.body for c in second.comments if c.body.startswith("@")]
    assert [body.partition(" ")[0] for body in told] == ["@scribe", "@scribe"]
