"""Stages, and the rules by which a workflow is in one: when they hold, why, what is awaited."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from aggregates.workflow import Workflow


class Stage(StrEnum):
    """Where a workflow stands, in the order in which the rules are asked."""

    DONE = "done"
    CANCELLED = "cancelled"
    NEEDS_HUMAN = "needs_human"
    CHANGES_REQUESTED = "changes_requested"
    CI_FAILED = "ci_failed"
    MERGE_READY = "merge_ready"
    READY_FOR_REVIEW = "ready_for_review"
    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    QUEUED = "queued"


FINISHED = (Stage.DONE, Stage.CANCELLED)


WaitKind: TypeAlias = Literal[
    "check",
    "reviewer",
    "issue",
    "copilot",
    "person",
    "approval_of_actions",
    "merge",
    "turn",
    "nobody",
]


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that is waited for: a check's name, a reviewer, an issue, or what is to be done."""

    kind: WaitKind
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a workflow is where it is, in a sentence for people, and what it waits for."""

    reason: str
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a stage holds; ``summary`` and ``waits_for`` say in the documents when, and for what."""

    stage: Stage
    name: str
    summary: str
    waits_for: str
    applies: Callable[[Workflow], bool]
    explain: Callable[[Workflow], Explanation]
