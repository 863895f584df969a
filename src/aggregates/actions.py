"""Each kind of action: who may do it, what it is about, and what shows that it is done.

It is asked while workflows are put together, so it knows what a workflow is by name only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aggregates.lane.ours import Asked
from events.catalogue import ActionKind
from events.github.names import is_copilot_reviewer

if TYPE_CHECKING:
    from aggregates.workflow import Workflow

Shown: TypeAlias = "Callable[[Workflow, Asked], bool]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What holds for all actions of one kind.

    ``shown`` says whether GitHub's own deliveries show one to be done. ``needs_user``: GitHub takes
    it from a user and not from an App. ``only_tells``: it tells people how things stand, and moves
    no work. ``of_a_pull_request``: it is done once for a pull request, however many issues that
    works on. ``of_a_head``: it passes once the pull request has another head than when it was
    decided. ``speaks``: it is a comment, which would be there twice if it were done twice.
    ``optional``: where it fails something else is done, and nobody is stopped. ``gives_back``: it
    takes back what we did, also once a person has the work.
    """

    shown: Shown
    needs_user: bool = False
    only_tells: bool = False
    of_a_pull_request: bool = False
    of_a_head: bool = False
    speaks: bool = False
    optional: bool = False
    gives_back: bool = False


def confirmed(workflow: "Workflow") -> tuple[Asked, ...]:
    """Return the live actions whose effect was seen, whether or not we know that they succeeded."""
    return tuple([asked for asked in workflow.handling.asked if _is_confirmed(workflow, asked)])


def label_token(asked: Asked) -> str:
    """Return the label that an action was to set; its token has the place of the one before."""
    return asked.token.rpartition(":")[0]


def _is_confirmed(workflow: "Workflow", asked: Asked) -> bool:
    if asked.mode != "live" or asked.outcome in ("failed", "cancelled"):
        return False
    return TRAITS[asked.kind].shown(workflow, asked)


def _is_assigned(workflow: "Workflow", _asked: Asked) -> bool:
    return workflow.assigned or bool(workflow.open_candidates)


def _is_marked(workflow: "Workflow", asked: Asked) -> bool:
    """Say whether a comment of ours with its mark was seen, on the issue or a pull request.

    Anybody can write a mark: it counts from those as whom we wrote when this was to be done.
    """
    lane, mark = workflow.lane, str(asked.id)
    pulls = [lane.pull_request(number).marks for number in lane.linked(workflow.number)]
    return any(
        mark in marks and workflow.circumstances.wrote(author_id, asked.position)
        for of_one in (workflow.known.marks, *pulls)
        for author_id, marks in of_one.items()
    )


def _is_ready(workflow: "Workflow", _asked: Asked) -> bool:
    return workflow.pull_request is not None and workflow.pull_request.draft is False


def _copilot_reviews(workflow: "Workflow", _asked: Asked) -> bool:
    asked = any(is_copilot_reviewer(r.reviewer_id) for r in workflow.pull.requests.values())
    given = any(is_copilot_reviewer(r.author_id) for r in workflow.pull.reviews.values())
    return asked or given


def _is_labelled(workflow: "Workflow", asked: Asked) -> bool:
    return workflow.issue is not None and workflow.issue.carries(label_token(asked))


def _runs_again(workflow: "Workflow", asked: Asked) -> bool:
    checks = workflow.lane.commit(asked.head_sha or "").checks
    return any(check.kind == "actions" and check.attempt > 1 for check in checks)


def _is_switched_on(workflow: "Workflow", asked: Asked) -> bool:
    return any(on for on in _told_of_agent_merge(workflow, asked))


def _is_switched_off(workflow: "Workflow", asked: Asked) -> bool:
    return any(not on for on in _told_of_agent_merge(workflow, asked))


def _told_of_agent_merge(workflow: "Workflow", asked: Asked) -> list[bool]:
    """Return whether it was on by each of GitHub's answers since something was asked for."""
    answers = workflow.pull.agent_merges.values()
    return [each.seen.enabled for each in answers if each.position > asked.position]


def _is_merged(workflow: "Workflow", _asked: Asked) -> bool:
    return workflow.pull_request is not None and workflow.pull_request.merged


def _of_a_head(
    shown: Shown, *, needs_user: bool = False, speaks: bool = False, optional: bool = False
) -> Traits:
    return Traits(
        shown=shown,
        needs_user=needs_user,
        of_a_pull_request=True,
        of_a_head=True,
        speaks=speaks,
        optional=optional,
    )


# A user's: to start Copilot, to tell it something, to let it mend, and to mark its draft ready.
TRAITS: Mapping[ActionKind, Traits] = {
    "assign": Traits(shown=_is_assigned, needs_user=True),
    "ask_to_fix_ci": _of_a_head(_is_marked, needs_user=True, speaks=True),
    "ask_to_address_review": _of_a_head(_is_marked, needs_user=True, speaks=True),
    "ask_to_resolve_conflicts": _of_a_head(_is_marked, needs_user=True, speaks=True),
    "mark_ready": _of_a_head(_is_ready, needs_user=True),
    "request_copilot_review": _of_a_head(_copilot_reviews),
    "rerun_failed_jobs": _of_a_head(_runs_again, optional=True),
    "enable_agent_merge": _of_a_head(_is_switched_on, needs_user=True, optional=True),
    "disable_agent_merge": Traits(
        shown=_is_switched_off,
        needs_user=True,
        of_a_pull_request=True,
        optional=True,
        gives_back=True,
    ),
    "set_label": Traits(shown=_is_labelled, only_tells=True),
    "merge": _of_a_head(_is_merged),
    "hand_to_person": Traits(shown=_is_marked, only_tells=True, speaks=True),
}
