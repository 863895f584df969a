"""The labels by which an issue shows its stage."""

from aggregates.lane.conduct import Asked
from aggregates.stages.stage import Stage
from aggregates.workflow import Workflow

_NAMES = frozenset(map(str, Stage))


def shown_labels(workflow: Workflow) -> set[str]:
    """Return those of the issue's labels that name a stage in our namespace."""
    prefix = workflow.circumstances.policy.labels.prefix
    carried = workflow.issue.labels if workflow.issue else ()
    return {label for label in carried if is_stage_label(label, prefix)}


def is_stage_label(label: str, prefix: str) -> bool:
    """Say whether a label is one of ours: the prefix and a stage, nothing else."""
    return label.startswith(prefix) and label.removeprefix(prefix) in _NAMES


def asked_label(workflow: Workflow) -> Asked | None:
    """Return the newest label that was asked for in the present mode."""
    asked = workflow.asked("set_label")
    return asked[-1] if asked else None


def label_token(asked: Asked) -> str:
    """Return the label that an action was to set; its token has the place of the one before."""
    return asked.token.rpartition(":")[0]
