"""What a stage rule is."""

from collections.abc import Callable
from dataclasses import dataclass

from aggregates.stages.stage import Stage
from aggregates.stages.waits import Wait
from aggregates.workflow import Workflow


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
