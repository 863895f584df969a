"""What a workflow waits for."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
