"""The labels by which an issue shows its stage."""

from aggregates.lane.ours import Asked
from aggregates.stages.stage import Stage
from aggregates.workflow import Workflow
from events.github.labels import label_key

_NAMES = frozenset(map(str, Stage))


def shown_labels(workflow: Workflow) -> set[str]:
    """Return those of the issue's labels, by their keys, that name a stage in our namespace."""
    prefix = label_key(workflow.circumstances.policy.labels.prefix)
    ours = {f"{prefix}{name}" for name in _NAMES}
    return ours.intersection(map(label_key, workflow.issue.labels if workflow.issue else ()))


def asked_label(workflow: Workflow) -> Asked | None:
    """Return the newest label that was asked for in the present mode."""
    asked = workflow.asked("set_label")
    return asked[-1] if asked else None
