"""A lane stays bounded: what still counts is kept whole, of all else the newest."""

from dataclasses import replace

import pytest

from aggregates.lane import bounds
from tests.aggregates.lane.folds import folded
from tests.worlds.world import World


@pytest.fixture(autouse=True)
def _near_horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "OTHER_ISSUES", 2)
    monkeypatch.setattr(bounds, "OTHER_PULL_REQUESTS", 2)
    monkeypatch.setattr(bounds, "LOOSE_COMMITS", 2)


def test_of_finished_issues_the_newest_are_kept() -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    for number in range(10):
        rocket.open_issue(f"Issue {number}").close("completed")
    kept = folded(rocket.id, world.deliveries).issues
    assert 2 <= len(kept) <= 4
    assert set(kept) == set(range(11 - len(kept), 11))


def test_open_work_is_kept_however_much_is_finished_after_it() -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    working = rocket.open_issue("Old and still open")
    working.assign_copilot()
    pull = rocket.copilot_opens(working)
    pull.run_check("test", "failure")
    queued = rocket.open_issue("Waits", labels=("status:queued",))
    before = folded(rocket.id, world.deliveries)
    for number in range(10):
        done = rocket.open_issue(f"Issue {number}")
        done.assign_copilot()
        other = rocket.copilot_opens(done)
        other.run_check("test", "success")
        other.mark_ready()
        other.merge()
    after = folded(rocket.id, world.deliveries)
    assert {working.number, queued.number} <= set(after.issues)
    kept = after.pull_requests[pull.number]
    # Their merges moved its base, of which it heard.
    assert replace(kept, heard_base=None) == before.pull_requests[pull.number]
    assert after.commits[pull.head_sha] == before.commits[pull.head_sha]
    assert len(after.issues) <= 2 + 4
    assert len(after.pull_requests) <= 1 + 4
    assert len(after.commits) <= 1 + 4
