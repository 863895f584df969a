"""docs/stages.md says of every decision, wait and question what it is, by keys that there are."""

import re
from typing import get_args

from aggregates.decisions.reference import DECISIONS, QUESTIONS, WAITS
from aggregates.policy.leaves import leaves, sections
from aggregates.stages import Stage
from events.catalogue import ActionKind, QuestionKind, TimerKind

SENTENCES = [*DECISIONS.values(), *WAITS.values(), *QUESTIONS.values()]
VALUES = {"rerun_once", "agent_merge"}  # of keys


def test_each_has_its_sentence() -> None:
    assert list(DECISIONS) == list(get_args(ActionKind))
    assert list(WAITS) == list(get_args(TimerKind))
    assert list(QUESTIONS) == list(get_args(QuestionKind))


def test_what_they_name_is_there() -> None:
    named = {name for each in SENTENCES for name in re.findall(r"`([^`]+)`", each)}
    assert named - leaves().keys() - sections().keys() - {*Stage} - VALUES == set()


def test_every_key_that_bounds_or_delays_something_is_named() -> None:
    ends = ("_seconds", "_minutes", "_attempts", "_rounds", "_per_day", "_per_month")
    keys = {key for key in leaves() if key.endswith(ends)}
    assert {key for key in keys if not any(f"`{key}`" in each for each in SENTENCES)} == set()
