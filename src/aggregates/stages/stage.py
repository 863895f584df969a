"""The stages of a workflow."""

from enum import StrEnum


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
