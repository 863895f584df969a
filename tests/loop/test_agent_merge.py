"""Agent Merge in the whole loop: nobody is asked twice, rounds count, a person has it at last."""

import pytest

from tests.loop.troubles import BY_PEOPLE, BY_US, NEVER, Ended

MENDING = ("ask_to_fix_ci", "ask_to_resolve_conflicts", "enable_agent_merge", "disable_agent_merge")


@pytest.mark.parametrize(("name", "asked"), [(BY_US, ["enable_agent_merge"]), (BY_PEOPLE, [])])
def test_copilot_mends_by_itself_and_nobody_asks_it_as_well(
    ended: Ended, name: str, asked: list[str]
) -> None:
    ended.done_once(name)
    actions = [each for each in ended.actions[name] if each["kind"] in MENDING]
    assert [(e["kind"], e["outcome"]) for e in actions] == [(kind, "succeeded") for kind in asked]
    pulls = ended.pull_requests(name)
    issues = {each["issue"]["number"] for each in ended.workflows[name]}
    assert {pull.origin.number: pull.round for pull in pulls} == dict.fromkeys(issues, 2)
    assert [c for pull in pulls for c in pull.comments if "@copilot" in c.body] == []


def test_what_is_never_mended_comes_to_a_person_and_copilot_is_stopped(ended: Ended) -> None:
    done = [each for each in ended.actions[NEVER] if each["outcome"] == "succeeded"]
    kinds = [each["kind"] for each in done if each["kind"] in MENDING]
    assert sorted(kinds) == ["disable_agent_merge", "enable_agent_merge"]
    [found] = ended.workflows[NEVER]
    assert (found["stage"], found["rule"]) == ("needs_human", "ci_attempts_used_up")
    assert (found["agent_merge"]["state"], found["agent_merge"]["rounds"]) == ("off", 2)
