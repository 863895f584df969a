"""The built-in policy is the safe choice, and every value has its bounds."""

import re

import pytest
from pydantic import ValidationError

from aggregates.policy import (
    BudgetPolicy,
    CiPolicy,
    ConflictsPolicy,
    CopilotPolicy,
    LabelPolicy,
    MergePolicy,
    Policy,
    PromptPolicy,
    QueuePolicy,
    ReadyPolicy,
    ReviewPolicy,
    WatchdogPolicy,
    fields_of,
)
from aggregates.policy.fit import fits
from aggregates.policy.leaves import leaves, sections, value_at
from aggregates.policy.prompts import PROMPT_FIELDS
from aggregates.policy.schema import schema_at
from events.catalogue import Json
from tests.aggregates.policy.documents import LEAVES

DEFAULTS = {
    "mode": "shadow",
    "history": "since_move",
    "agent": "copilot",
    "agent_labels": {},
    "mend": "comment",
    "queue.label": "status:queued",
    "queue.order": ("priority", "created"),
    "queue.priority_labels": (),
    "queue.dependencies": True,
    "queue.max_active": 1,
    "queue.epics": False,
    "copilot.base_branch": None,
    "copilot.instructions": "",
    "copilot.model": "",
    "copilot.custom_agent": "",
    "ci.required": "auto",
    "ci.settle_seconds": 60,
    "ci.max_attempts": 3,
    "ci.flaky": "ask",
    "conflicts.max_attempts": 2,
    "review.quiet_seconds": 120,
    "review.approvals": 1,
    "review.max_rounds": 3,
    "review.trusted_bots": (),
    "review.copilot": False,
    "review.copilot_approvals": "ignore",
    "review.address_copilot": False,
    "ready.when": "green",
    "merge.automatic": False,
    "merge.method": "squash",
    "watchdog.no_pull_request_minutes": 30,
    "watchdog.no_progress_minutes": 120,
    "watchdog.round_quiet_minutes": 45,
    "watchdog.check_missing_minutes": 60,
    "watchdog.check_running_minutes": 360,
    "watchdog.check_inconclusive_minutes": 30,
    "watchdog.check_approval_minutes": 240,
    "watchdog.reviewer_minutes": 2880,
    "watchdog.answer_minutes": 15,
    "budget.rounds_per_issue": None,
    "budget.sessions_per_day": None,
    "budget.sessions_per_month": None,
    "labels.sync": True,
    "labels.prefix": "status:",
}
LIMITS = [
    ("queue.max_active", 1, 20),
    ("ci.settle_seconds", 0, 3600),
    ("ci.max_attempts", 0, 20),
    ("conflicts.max_attempts", 0, 20),
    ("review.quiet_seconds", 0, 86400),
    ("review.approvals", 0, 10),
    ("review.max_rounds", 0, 20),
    ("watchdog.no_pull_request_minutes", 1, 10080),
    ("watchdog.no_progress_minutes", 5, 10080),
    ("watchdog.round_quiet_minutes", 1, 10080),
    ("watchdog.check_missing_minutes", 1, 43200),
    ("watchdog.check_running_minutes", 1, 43200),
    ("watchdog.check_inconclusive_minutes", 1, 43200),
    ("watchdog.check_approval_minutes", 1, 43200),
    ("watchdog.reviewer_minutes", 1, 43200),
    ("watchdog.answer_minutes", 1, 43200),
    ("budget.rounds_per_issue", 1, 100),
    ("budget.sessions_per_day", 1, 10_000),
    ("budget.sessions_per_month", 1, 100_000),
]
LENGTHS = [
    ("queue.label", 1, 50),
    ("labels.prefix", 1, 30),
    ("copilot.base_branch", 1, 255),
    ("copilot.instructions", 0, 4000),
    ("copilot.model", 0, 100),
    ("copilot.custom_agent", 0, 100),
    ("prompts.fix_ci", 1, 4000),
    ("prompts.address_review", 1, 4000),
    ("prompts.resolve_conflicts", 1, 4000),
    ("prompts.hand_to_person", 1, 4000),
]
PROSE = {"copilot.instructions", *(path for path, *_ in LENGTHS if path.startswith("prompts."))}


def test_the_built_in_policy_is_as_published() -> None:
    found = {path: value_at(Policy(), path) for path in leaves()}
    assert {path: found[path] for path in DEFAULTS} == DEFAULTS
    assert found.keys() - DEFAULTS.keys() == {f"prompts.{name}" for name in PROMPT_FIELDS}


def test_the_built_in_policy_is_valid() -> None:
    assert Policy.model_validate_json(Policy().model_dump_json()) == Policy()


def test_every_section_is_there() -> None:
    assert dict(sections()) == {
        "queue": QueuePolicy,
        "copilot": CopilotPolicy,
        "prompts": PromptPolicy,
        "ci": CiPolicy,
        "conflicts": ConflictsPolicy,
        "review": ReviewPolicy,
        "ready": ReadyPolicy,
        "merge": MergePolicy,
        "watchdog": WatchdogPolicy,
        "budget": BudgetPolicy,
        "labels": LabelPolicy,
    }


def test_the_tests_know_every_leaf() -> None:
    assert LEAVES.keys() == leaves().keys()


def test_every_leaf_and_section_is_described() -> None:
    assert all(field.description for field in leaves().values())
    assert all(section.__doc__ for section in sections().values())


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(Policy().ci, "max_attempts", 9)  # noqa: B010  (mypy would refuse it as well)


@pytest.mark.parametrize("document", [{"gone": 1}, {"ci": {"gone": 1}}])
def test_a_policy_has_no_other_keys(document: dict[str, Json]) -> None:
    with pytest.raises(ValidationError, match="gone"):
        Policy.model_validate(document)


@pytest.mark.parametrize(("path", "least", "most"), LIMITS)
def test_a_number_is_whole_and_within_its_bounds(path: str, least: int, most: int) -> None:
    assert fits(path, least)
    assert fits(path, most)
    wrong: tuple[Json, ...] = (least - 1, most + 1, float(least), str(least), True, [least])
    for value in wrong:
        assert not fits(path, value), value


@pytest.mark.parametrize(("path", "least", "most"), LENGTHS)
def test_a_text_is_neither_too_short_nor_too_long(path: str, least: int, most: int) -> None:
    assert fits(path, "x" * most)
    assert not fits(path, "x" * (most + 1))
    assert fits(path, "") == (least == 0)
    assert not fits(path, 7)


@pytest.mark.parametrize("path", [path for path, *_ in LENGTHS])
def test_no_text_has_control_characters(path: str) -> None:
    for character in "\0\x07\r\x1b\x7f\x80\x85\x9f":
        assert not fits(path, f"a{character}b"), character
    assert fits(path, "aé€😀\u00a0b")
    assert fits(path, "a\n\tb") == (path in PROSE)


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("mode", ["off", "shadow", "live"]),
        ("ready.when", ["never", "finished", "green"]),
        ("merge.method", ["merge", "squash", "rebase"]),
    ],
)
def test_a_choice_is_one_of_a_few_words(path: str, good: list[str]) -> None:
    assert all(fits(path, word) for word in good)
    assert not any(fits(path, word) for word in ("on", "", good[0].upper(), None, False))


@pytest.mark.parametrize(
    "path", [path for path in leaves() if schema_at(path).get("type") == "boolean"]
)
def test_a_switch_is_true_or_false(path: str) -> None:
    assert fits(path, value=True)
    assert fits(path, value=False)
    assert not any(fits(path, value) for value in ("true", "yes", 1, 0, None))


@pytest.mark.parametrize("path", leaves())
def test_null_is_a_value_only_where_it_means_something(path: str) -> None:
    nullable = {
        "copilot.base_branch",
        *(f"watchdog.{key}" for key in WatchdogPolicy.model_fields),
        *(f"budget.{key}" for key in BudgetPolicy.model_fields),
    }
    assert fits(path, None) == (path in nullable)


@pytest.mark.parametrize(
    ("path", "value", "good"),
    [
        ("queue.order", ["created"], True),
        ("queue.order", ["created", "priority"], True),
        ("queue.order", ["created", "created"], False),
        ("queue.order", ["updated"], False),
        ("queue.order", [], False),
        ("queue.order", "created", False),
        ("queue.priority_labels", ["x" * 50], True),
        ("queue.priority_labels", ["x" * 51], False),
        ("queue.priority_labels", ["a", "b", "a"], False),
        ("queue.priority_labels", [f"l{n}" for n in range(50)], True),
        ("queue.priority_labels", [f"l{n}" for n in range(51)], False),
        ("queue.priority_labels", ["a\nb"], False),
        ("ci.required", "auto", True),
        ("ci.required", "build", False),
        ("ci.required", [], True),
        ("ci.required", ["x" * 255], True),
        ("ci.required", ["x" * 256], False),
        ("ci.required", [""], False),
        ("ci.required", ["a", "a"], False),
        ("ci.required", [f"c{n}" for n in range(100)], True),
        ("ci.required", [f"c{n}" for n in range(101)], False),
    ],
)
def test_a_list_is_bounded_and_names_nothing_twice(path: str, value: Json, *, good: bool) -> None:
    assert fits(path, value) is good


@pytest.mark.parametrize("prompt", PROMPT_FIELDS)
def test_a_prompt_may_use_its_own_fields_and_no_other(prompt: str) -> None:
    path = f"prompts.{prompt}"
    assert fits(path, "".join(f"{{{field}}}" for field in PROMPT_FIELDS[prompt]) + "{{}}")
    for template in ("{nobody}", "{issue.x}", "{issue[0]}", "{issue!r}", "{issue:>9}", "{", "}"):
        assert not fits(path, template), template


def test_a_prompt_may_not_use_the_fields_of_another() -> None:
    assert not fits("prompts.hand_to_person", "{attempt}")
    assert not fits("prompts.fix_ci", "{reviews}")
    assert not fits("prompts.address_review", "{failed}")


def test_prompts_for_copilot_mention_it_first() -> None:
    assert PromptPolicy().fix_ci.startswith("@copilot ")
    assert PromptPolicy().address_review.startswith("@copilot ")
    assert PromptPolicy().resolve_conflicts.startswith("@copilot ")
    assert "@copilot" not in PromptPolicy().hand_to_person


@pytest.mark.parametrize(
    ("prompt", "fields"),
    [
        ("fix_ci", "head_sha failed failure attempt attempts issue"),
        ("address_review", "reviewers reviews round rounds issue"),
        ("resolve_conflicts", "head_sha base base_sha attempt attempts issue"),
        ("hand_to_person", "reason next_step"),
    ],
)
def test_the_default_texts_say_what_matters(prompt: str, fields: str) -> None:
    assert fields_of(getattr(PromptPolicy(), prompt)) == set(fields.split())


def test_the_allowed_fields_are_as_published() -> None:
    assert {prompt: " ".join(fields) for prompt, fields in PROMPT_FIELDS.items()} == {
        "fix_ci": "issue pull_request head_sha failed failure attempt attempts",
        "address_review": "issue pull_request reviewers reviews round rounds",
        "resolve_conflicts": "issue pull_request head_sha base base_sha attempt attempts",
        "hand_to_person": "issue pull_request reason next_step",
    }


def test_the_longest_stage_label_is_a_label_that_github_takes() -> None:
    prefix = schema_at("labels.prefix")["maxLength"]
    assert isinstance(prefix, int)
    assert prefix + len("changes_requested") <= 50


def test_descriptions_have_no_stray_markup() -> None:
    for field in leaves().values():
        assert not re.search(r"\||\n|  ", str(field.description))
