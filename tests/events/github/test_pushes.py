from datetime import UTC, datetime

from events.github import Pushed
from simulator.payloads import ZEROS, a_push, a_repository, a_user, deliveries
from tests.events.github.readings import fact_of, read

NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


def test_a_push_is_seen_at_the_time_of_the_push() -> None:
    push = a_push(before="a" * 40, after="b" * 40, forced=True)

    seen = fact_of(Pushed, "push", deliveries.push(push=push))

    assert seen == Pushed(
        repository_id=a_repository()["id"],
        ref="refs/heads/copilot/fix-17",
        before="a" * 40,
        after="b" * 40,
        forced=True,
        deleted=False,
        pushed_at=NINE_FIVE,
        pusher_id=a_user()["id"],
    )


def test_a_deleted_branch_is_a_push_too() -> None:
    seen = fact_of(Pushed, "push", deliveries.push(push=a_push(after=ZEROS)))

    assert seen.deleted
    assert seen.after == ZEROS


def test_a_ref_too_long_to_be_told_from_another_is_a_problem() -> None:
    payload = deliveries.push(push=a_push("refs/heads/" + "x" * 300))

    [problem] = read("push", payload).problems

    assert (problem.path, problem.found) == ("$.ref", "text")
