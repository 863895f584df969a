"""Conflicts in the whole loop: GitHub knows of them late, Copilot resolves them, all is merged."""

from tests.loop.troubles import CONFLICTS, Ended


def test_what_conflicts_is_resolved_once_for_each_conflict_and_then_merged(ended: Ended) -> None:
    ended.done_once(CONFLICTS)
    asked = [e for e in ended.actions[CONFLICTS] if e["kind"] == "ask_to_resolve_conflicts"]
    by_issue = [each["issue"]["number"] for each in asked if each["outcome"] == "succeeded"]
    assert sorted(map(by_issue.count, (1, 2, 3))) == [0, 1, 2]
