"""A lane conducted from the queue to the merge, with a GitHub that does what it is asked."""

from events.catalogue import Json
from tests.aggregates.decisions.conductor import Conductor
from tests.aggregates.decisions.performing import done
from tests.aggregates.decisions.policies import UNWATCHED
from tests.worlds.people import copilot, reviewer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.stories import run_ci
from tests.worlds.world import World

LIVE: dict[str, Json] = {
    "mode": "live",
    "watchdog": UNWATCHED,
    "merge": {"automatic": True},
}


class Stage:
    """A repository with two queued issues, and whoever conducts it."""

    def __init__(self, **policy: Json) -> None:
        self.world = World()
        self.rocket = self.world.repository("octo-org/rocket")
        self.conductor = Conductor(self.rocket.id, {**LIVE, **policy})
        self.first, self.second = (
            self.rocket.open_issue(title, labels=("status:queued",))
            for title in ("Commands are refused", "The log is too loud")
        )

    def goes_on(self) -> list[str]:
        """What is decided now and done at once, until nothing is left: labels by their name."""
        decided: list[str] = []
        self.conductor.hear(self.world.deliveries)
        while decisions := self.conductor.act():
            for action_id, decision in self.conductor.under_way:
                self.conductor.say(done(self.rocket, action_id, decision))
            self.conductor.hear(self.world.deliveries)
            decided += [str(each.parameters.get("label", each.kind)) for each in decisions]
        return decided

    def later(self) -> list[str]:
        """What is decided once all waits have passed."""
        self.conductor.let_time_pass()
        return self.goes_on()

    def copilot_starts(self) -> PullRequest:
        """Bring it to a draft of the first issue."""
        self.goes_on()
        pull = self.rocket.copilot_opens(self.first)
        self.goes_on()
        return pull


def finishes(pull: PullRequest, conclusion: str) -> None:
    """Let Copilot push, CI run and the round end."""
    pull.push()
    run_ci(pull, conclusion)
    pull.finish_round()


def test_from_the_queue_to_the_merge() -> None:
    stage = Stage()
    assert stage.goes_on() == ["assign", "status:in_progress"]
    assert copilot in stage.first.assignees
    pull = stage.rocket.copilot_opens(stage.first)
    assert (stage.goes_on(), stage.later()) == (["status:draft"], [])
    finishes(pull, "failure")
    assert (stage.goes_on(), stage.later()) == (["status:ci_failed"], ["ask_to_fix_ci"])
    assert (stage.goes_on(), stage.later()) == ([], [])
    finishes(pull, "success")
    assert stage.goes_on() == ["status:draft"]
    assert stage.later() == ["mark_ready", "status:ready_for_review"]
    pull.review(reviewer, "changes_requested", "Please test the second case, too.")
    assert stage.goes_on() == ["status:changes_requested"]
    assert (stage.later(), stage.later()) == (["ask_to_address_review"], [])
    finishes(pull, "success")
    assert (stage.goes_on(), stage.later()) == (["status:ready_for_review"], [])
    pull.review(reviewer, "approved")
    assert stage.goes_on() == ["status:merge_ready"]
    assert stage.later() == ["merge", "status:done", "assign", "status:in_progress"]
    assert (pull.merged, stage.first.state, stage.first.labels) == (True, "closed", ["status:done"])
    assert stage.second.labels == ["status:in_progress"]


def test_shadow_mode_says_all_of_it_and_does_none() -> None:
    stage = Stage(mode="shadow")
    assert stage.goes_on() == ["assign"]
    assert stage.first.assignees == []
    stage.first.assign_copilot()
    pull = stage.rocket.copilot_opens(stage.first)
    finishes(pull, "failure")
    assert (stage.goes_on(), stage.later()) == (["status:ci_failed"], ["ask_to_fix_ci"])
    assert (stage.first.labels, pull.comments) == (["status:queued"], 0)


def test_a_check_that_never_passes_ends_with_a_person() -> None:
    stage = Stage(ci={"max_attempts": 2})
    pull = stage.copilot_starts()
    for _ in range(2):
        finishes(pull, "failure")
        assert "ask_to_fix_ci" in [*stage.goes_on(), *stage.later()]
    finishes(pull, "failure")
    assert (stage.goes_on(), stage.later()) == (["status:needs_human"], ["hand_to_person"])
    assert (stage.goes_on(), stage.later()) == ([], [])


def test_an_issue_that_waits_for_another_starts_after_it() -> None:
    stage = Stage(queue={"max_active": 2})
    stage.first.block_by(stage.second)
    assert stage.goes_on() == ["status:blocked", "assign", "status:in_progress"]
    assert stage.first.labels == ["status:blocked"]
    pull = stage.rocket.copilot_opens(stage.second)
    pull.mark_ready()
    pull.merge()
    stage.goes_on()
    assert copilot in stage.first.assignees


def test_what_a_person_takes_back_from_copilot_is_left_alone_until_it_is_queued_anew() -> None:
    stage = Stage()
    stage.goes_on()
    stage.first.unassign(copilot)
    assert stage.goes_on() == [
        *("status:needs_human", "hand_to_person"),
        *("assign", "status:in_progress"),  # the second issue's turn has come
    ]
    assert copilot not in stage.first.assignees
    stage.first.unlabel("status:needs_human")
    stage.first.label("status:queued")
    assert stage.goes_on() == ["status:queued"]
    stage.second.close("completed")
    assert "assign" in stage.goes_on()
    assert copilot in stage.first.assignees
