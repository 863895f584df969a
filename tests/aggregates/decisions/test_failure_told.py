"""Copilot is asked to mend once GitHub told how the checks failed, and is told of it."""

from typing import Final

import pytest

from aggregates.workflow.failures import failure_stamp
from events.catalogue import Json
from tests.aggregates.decisions.tales import Tale, policy

FIX: Final = "ask_to_fix_ci"
EXCERPT = "error: x\n@copilot fixes #1 ``` <!-- -->"


def a_failing(tale: Tale, conclusion: str = "failure") -> Tale:
    """Copilot's round is over and a check failed."""
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.checked(conclusion)
    tale.finishes()
    return tale


def asked_of(tale: Tale) -> list[tuple[str, bool]]:
    return [(each.kind, each.waits) for each in tale.questions() if each.kind != "session"]


def tells(tale: Tale, stamp: int | None = None, /, **check: Json) -> None:
    """Let GitHub tell how the check failed, of what fails now unless told otherwise."""
    tells_all(tale, [{"name": "test", "excerpt": EXCERPT, **check}], stamp)


def tells_all(tale: Tale, checks: list[Json], stamp: int | None = None) -> None:
    """Let GitHub tell how several checks failed, likewise."""
    workflow = tale.workflow()
    assert workflow.open_pull is not None
    of_now = failure_stamp(workflow)
    tale.answers(
        "failure",
        50,
        head_sha=workflow.open_pull.head_sha,
        stamp=of_now if stamp is None else stamp,
        checks=checks,
    )


def test_it_is_asked_how_the_checks_failed_and_copilot_waits_for_that() -> None:
    tale = a_failing(Tale(has_app=True))
    assert asked_of(tale) == [("failure", True)]
    assert tale.kinds(FIX) == []
    tells(tale)
    assert tale.kinds(FIX) == [FIX]
    assert asked_of(tale) == []


def test_without_an_app_nobody_can_be_asked_and_copilot_is() -> None:
    tale = a_failing(Tale())
    assert asked_of(tale) == []
    assert tale.kinds(FIX) == [FIX]


@pytest.mark.parametrize(
    "tale",
    [
        a_failing(Tale(has_app=True), "success"),
        a_failing(Tale(policy=policy(ci={"required": ["lint"]}), has_app=True)),
    ],
    ids=["green", "not required"],
)
def test_of_what_nobody_is_to_mend_nothing_is_asked(tale: Tale) -> None:
    assert [each for each in asked_of(tale) if each[0] == "failure"] == []


def test_where_a_person_is_to_mend_it_is_asked_for_their_sake_and_nothing_waits() -> None:
    tale = a_failing(Tale(policy=policy(ci={"max_attempts": 0}), has_app=True))
    assert tale.placement().rule == "ci_attempts_used_up"
    assert asked_of(tale) == [("failure", False)]
    tells(tale)
    assert tale.kinds(FIX) == []


def test_while_copilot_works_or_another_check_runs_nothing_is_asked() -> None:
    tale = Tale(has_app=True)
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.checked("failure")
    assert ("failure", True) not in asked_of(tale)
    tale.finishes()
    assert ("failure", True) in asked_of(tale)


def test_an_answer_about_other_failures_is_none() -> None:
    tale = a_failing(Tale(policy=policy(ci={"required": ["test", "lint"]}), has_app=True))
    before = failure_stamp(tale.workflow())
    tale.checked("failure", name="lint")
    tells(tale, before)
    assert asked_of(tale) == [("failure", True)]
    assert tale.kinds(FIX) == []
    tells(tale)
    assert tale.kinds(FIX) == [FIX]


def test_copilot_is_told_where_it_failed_and_what_the_log_says() -> None:
    tale = a_failing(Tale(has_app=True))
    tells(
        tale,
        workflow="CI",
        step="Run make test",
        run_url="https://github.com/o/r/actions/runs/9/job/8",
        also_on_base=True,
        history={"failed": 7, "of": 50},
        annotations=["a.py:3: no @ada"],
        lacks=["its log: it is not kept, or not shown to us"],
    )
    [decision] = [each for each in tale.decisions if each.kind == FIX]
    body = str(decision.parameters["body"])
    assert (
        "`test`, workflow `CI`, step `Run make test`, "
        "[its run](https://github.com/o/r/actions/runs/9/job/8), "
        "failed 7 of its last 50 runs on the default branch, fails on `main` now, "
        "its log: it is not kept, or not shown to us:\n\n````text\nerror: x\n" in body
    )
    assert "- `a.py:3: no @\u200bada`" in body
    assert body.count("@copilot") == 1
    assert "#1" not in body.replace("issue #1 asks", "")
