"""Time that passed: the only way in which a clock enters a decision."""

from typing import ClassVar, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from events.catalogue.own import OwnEvent

TimerKind: TypeAlias = Literal["settle", "quiet", "no_pull_request", "no_progress"]


class TimerFired(OwnEvent):
    """Nothing happened for as long as a workflow's timer waits; ``token`` says since when."""

    type: ClassVar[str] = "timer"
    action: ClassVar[str] = "fired"

    issue_number: int
    timer: TimerKind
    token: str = Field(max_length=200)
    due_at: AwareDatetime
