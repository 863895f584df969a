"""What the demonstration prints, and what it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from rich.text import Text

from aggregates.lane.spending import STARTING
from projections.actions.model import DescribedAction
from projections.workflows.model import StageEntered

_COLOURS = {
    "done": "green",
    "merge_ready": "bright_green",
    "needs_human": "bright_red",
    "ci_failed": "red",
    "conflicted": "magenta",
    "changes_requested": "yellow",
    "ready_for_review": "cyan",
    "draft": "blue",
    "in_progress": "blue",
}
_STEPS = (*STARTING, "mark_ready", "rerun_failed_jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of it; ``steps_by_people`` are reviews, merges and whatever else they did, by kind.

    What it cost: ``sessions`` of Copilot's that were asked for, ``rounds`` of them to go on, and
    their ``minutes`` of GitHub's time. ``steps_saved`` counts what somebody would have had to do by
    hand; times are in seconds.
    """

    finished: bool
    issues: int
    stages: dict[str, int]
    actions: dict[str, int]
    failed_actions: int
    sessions: int
    rounds: int
    minutes: int | None
    steps_by_people: int
    steps: dict[str, int]
    most_steps_for_one_issue: int
    steps_saved: int
    wall_seconds: float
    seed: int

    def as_json(self) -> dict[str, object]:
        """Return it as JSON types."""
        return asdict(self)


def told(change: StageEntered, repository: str, seconds: float) -> Text:
    """Return one line for a stage that a workflow came to."""
    stage = change.stage or "gone"
    line = Text(f"{seconds:6.1f} s  {repository}#{change.issue_number}  ")
    line.append(f"{stage:<18}", style=_COLOURS.get(stage, "dim"))
    return line.append(f" {change.reason or ''}")


def counted(actions: Iterable[DescribedAction]) -> dict[str, int]:
    """Count what was done on GitHub, by kind."""
    return dict(sorted(Counter(a.kind for a in actions if a.outcome == "succeeded").items()))


def steps_saved(actions: Mapping[str, int]) -> int:
    """Count what somebody would have had to do by hand; labels and hand-overs are a bonus."""
    return sum(actions.get(kind, 0) for kind in _STEPS)
