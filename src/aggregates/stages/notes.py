"""What keeps us from acting, whatever the stage."""

from collections.abc import Iterator

from aggregates.circumstances import Circumstances
from aggregates.workflow import Workflow

_PAUSED = {
    "everything": "everything is paused",
    "installation": "the installation is paused",
    "lane": "the lane is paused",
}


def notes(workflow: Workflow) -> tuple[str, ...]:
    """Return what people should know besides the stage's reason."""
    return tuple(_notes(workflow.circumstances))


def _notes(held: Circumstances) -> Iterator[str]:
    if held.paused is not None and held.paused_where is not None:
        paused = _PAUSED[held.paused_where]
        reason = held.paused.reason
        yield f"{paused} because {reason}" if reason else paused
    if held.mode == "off":
        yield "nothing is decided: mode is off"
    if held.mode == "live" and held.acting_user is None:
        yield "no acting user"
