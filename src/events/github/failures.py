"""What GitHub told of checks that failed on a head: where, and the lines that matter of their logs.

No delivery says it: we ask before Copilot is asked to mend them. All texts are strangers', without
control characters and with credentials masked before they got here; whoever quotes them has to make
them harmless.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.node import Node
from events.github.reading import Delivered, Noun, Observed, plain
from events.scalars import excerpt

MAX_CHECKS = 5
MAX_LINES = 60
MAX_EXCERPT = 4000  # characters
MAX_ANNOTATIONS = 5  # of a check
MAX_ANNOTATION = 300  # characters
MAX_BYTES = 16_384  # of an answer as JSON
MAX_NAME = 200
MAX_URL = 500


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """How often a check failed, of its newest results on the default branch, as our log has it."""

    failed: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """One check that failed, as far as GitHub told of it.

    ``workflow`` (theirs) and ``step`` are where it failed, ``annotations`` what it noted of lines
    of files. ``also_on_base``: the same check fails on the base branch now, None: it was not seen
    there. ``history`` is the check's on the default branch, None: none is known. ``lacks`` says
    what could not be had, and why.
    """

    name: str
    workflow: str | None = None
    step: str | None = None
    run_url: str | None = None
    run_id: int | None = None
    attempt: int | None = None
    annotations: tuple[str, ...] = ()
    excerpt: str = ""
    also_on_base: bool | None = None
    history: CheckHistory | None = None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureSeen(Fact):
    """What failed on a pull request's head; ``stamp`` says of which failures, as it was asked."""

    merge_key: ClassVar = MergeKey(
        family="failure", identity=("repository_id", "number"), order=("asked_after", "at")
    )

    repository_id: int
    number: int
    head_sha: str
    stamp: int
    checks: tuple[FailedCheck, ...]
    at: datetime
    asked_after: int | None = None


def failure_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read what GitHub told of checks that failed."""
    answer = delivery.root.need_node("failure")
    seen = FailureSeen(
        repository_id=delivery.repository_id,
        number=delivery.root.need_node("pull_request").need_integer("number"),
        head_sha=answer.need_name("head_sha"),
        stamp=answer.need_integer("stamp"),
        checks=tuple(_check(each) for each in answer.nodes("checks", MAX_CHECKS)),
        at=answer.need_moment("asked_at"),
        asked_after=answer.integer("asked_after"),
    )
    return (seen,)


def _check(node: Node) -> FailedCheck:
    return FailedCheck(
        name=node.need_text("name", MAX_NAME),
        workflow=node.text("workflow", MAX_NAME),
        step=node.text("step", MAX_NAME),
        run_url=node.name("run_url", MAX_URL),
        run_id=node.integer("run_id"),
        attempt=node.integer("attempt"),
        annotations=_texts(node, "annotations", MAX_ANNOTATION),
        excerpt=node.text("excerpt", MAX_EXCERPT) or "",
        also_on_base=node.flag("also_on_base"),
        history=_history(node.node("history")),
        lacks=_texts(node, "lacks", MAX_NAME),
    )


def _history(node: Node) -> CheckHistory | None:
    failed, of = node.integer("failed"), node.integer("of")
    return CheckHistory(failed, of) if failed is not None and of is not None else None


def _texts(node: Node, key: str, limit: int) -> tuple[str, ...]:
    found = node.json.get(key)
    items = found[:MAX_ANNOTATIONS] if isinstance(found, list) else []
    return tuple(text for item in items if (text := excerpt(item, limit)) is not None)


# No event has this reader: whoever may post deliveries cannot answer in GitHub's place.
NOUN = Noun(
    events={},
    observed={
        "failure": Observed(
            event="pull_request",
            readers=(failure_seen,),
            keys={
                **plain("head_sha", "stamp", "asked_at", "asked_after"),
                "checks": {
                    **plain("name", "workflow", "step", "run_url", "run_id", "attempt"),
                    **plain("excerpt", "also_on_base"),
                    "history": plain("failed", "of"),
                    "annotations": {},
                    "lacks": {},
                },
            },
        ),
    },
)
