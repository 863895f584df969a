"""What a page shows of an epic: how far it is, and its sub-issues in their order."""

from pydantic import BaseModel

from aggregates.workflow import Workflow
from aggregates.workflow.parts import is_finished, parts_of, progress_of
from events.github import SubIssue
from projections.workflows.model import Document

_MOST_OF_TITLE = 200  # characters of a sub-issue's: there may be a hundred of them


class SubIssueSummary(BaseModel):
    """A part of an epic; of another repository's nothing is told but how it stands."""

    repository_id: int
    number: int
    title: str | None
    finished: bool


class EpicSummary(BaseModel):
    """How far an epic is, and the parts of it that may be seen, in their order."""

    total: int
    finished: int
    sub_issues: list[SubIssueSummary]


def epic_shown(workflow: Workflow) -> Document:
    """Return how far an epic is as an EpicSummary."""
    progress = progress_of(workflow)
    return {
        "total": progress.total,
        "finished": progress.finished,
        "sub_issues": [_sub_issue(workflow, part) for part in parts_of(workflow)],
    }


def _sub_issue(workflow: Workflow, part: SubIssue) -> Document:
    here = part.repository_id == workflow.lane.repository_id
    seen = workflow.lane.issue(part.number).seen if here else None
    return {
        "repository_id": part.repository_id,
        "number": part.number,
        "title": seen.title[:_MOST_OF_TITLE] if seen is not None else None,
        "finished": is_finished(workflow, part),
    }
