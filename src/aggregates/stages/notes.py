"""What keeps us from acting, whatever the stage."""

from collections.abc import Iterator

from aggregates.actions import label_token
from aggregates.circumstances import Circumstances
from aggregates.stages.labels import asked_label, shown_labels
from aggregates.stages.texts import short
from aggregates.workflow import Workflow
from events.github.labels import label_key

_PAUSED = {
    "everything": "everything is paused",
    "installation": "the installation is paused",
    "lane": "the lane is paused",
}
_DIFFER = "deliveries of one second differ"


def notes(workflow: Workflow) -> tuple[str, ...]:
    """Return what people should know besides the stage's reason."""
    return (
        *_around(workflow.circumstances),
        *_in_doubt(workflow),
        *_of_label(workflow),
    )


def _around(held: Circumstances) -> Iterator[str]:
    if held.paused is not None and held.paused_where is not None:
        paused = _PAUSED[held.paused_where]
        reason = held.paused.reason
        yield f"{paused} because {reason}" if reason else paused
    if held.mode == "off":
        yield "nothing is decided: mode is off"
    if held.mode == "live" and held.acting_user is None:
        yield "no acting user"


def _in_doubt(workflow: Workflow) -> Iterator[str]:
    """Say what is uncertain, since versions of one second were delivered that differ."""
    if workflow.issue is not None and workflow.issue.uncertain:
        yield f"what the issue is like is uncertain: {_DIFFER}"
    pull = workflow.pull_request
    if pull is not None and pull.uncertain:
        yield f"what pull request #{pull.number} is like is uncertain: {_DIFFER}"


def _of_label(workflow: Workflow) -> Iterator[str]:
    """Say what became of the label that we set: GitHub refused it, or a person changed it."""
    asked = asked_label(workflow)
    if asked is None or asked.mode != "live":
        return
    label = label_token(asked)
    if asked.outcome == "failed":
        yield f"the label {label} could not be set: {short(asked.error or 'no reason given')}"
    change = workflow.known.labels.get(label_key(label))
    removed = change is not None and not change.present
    if asked.outcome == "succeeded" and removed and label_key(label) not in shown_labels(workflow):
        yield f"a person removed the label {label}"
