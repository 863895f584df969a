"""What is written into a pull request or an issue, from the policy's templates."""

import re
from collections.abc import Mapping

from aggregates.decisions.telling_failures import failure_told
from aggregates.policy import render
from aggregates.stages import Placement
from aggregates.workflow import Workflow
from aggregates.workflow.agent_merge import fixes_asked, resolves_asked
from events.github import MergeableSeen, PullRequestSeen
from events.github.agents import COPILOT

_MARKS = re.compile(r"([\\`*_\[\]<>|~])")
_TO_COPILOT = re.compile(r"(?<![\w/@.-])@copilot(?![\w/-])", re.IGNORECASE)
_LISTED = 20
_LONGEST = 60_000  # characters of a comment; GitHub takes 65,536, and our mark comes behind
_NAME = 100


def fix_ci(workflow: Workflow, pull: PullRequestSeen) -> str:
    """Return what asks Copilot to mend the checks that failed."""
    held = workflow.circumstances.policy
    values = {
        **_work(workflow, pull),
        "head_sha": pull.head_sha,
        "failed": _quoted(workflow.checks.failed),
        "failure": failure_told(workflow),
        "attempt": str(fixes_asked(workflow) + 1),
        "attempts": str(held.ci.max_attempts),
    }
    return _filled(_addressed(held.prompts.fix_ci, workflow), values)


def address_review(workflow: Workflow, pull: PullRequestSeen) -> str:
    """Return what asks Copilot to do as reviewers said, in one text for all of them."""
    held = workflow.circumstances.policy
    values = {
        **_work(workflow, pull),
        "reviewers": _reviewers(workflow),
        "reviews": ", ".join(map(_link, workflow.reviews.to_address)),
        "round": str(len(workflow.asked("ask_to_address_review")) + 1),
        "rounds": str(held.review.max_rounds),
    }
    return _filled(_addressed(held.prompts.address_review, workflow), values)


def resolve_conflicts(workflow: Workflow, pull: PullRequestSeen, conflict: MergeableSeen) -> str:
    """Return what asks Copilot to resolve a conflict with the base."""
    held = workflow.circumstances.policy
    values = {
        **_work(workflow, pull),
        "head_sha": pull.head_sha,
        "base": _quoted((conflict.base_ref,)),
        "base_sha": conflict.base_sha,
        "attempt": str(resolves_asked(workflow) + 1),
        "attempts": str(held.conflicts.max_attempts),
    }
    return _filled(_addressed(held.prompts.resolve_conflicts, workflow), values)


def hand_over(workflow: Workflow, placement: Placement) -> str:
    """Return what tells people why the work stopped, and one step that helps."""
    pull = workflow.pull_request
    values = {
        **_work(workflow, pull),
        "reason": _inert(placement.reason),
        "next_step": next((wait.what for wait in placement.waits), "to look at it"),
    }
    return _filled(workflow.circumstances.policy.prompts.hand_to_person, values)


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Fill in a template, however often it has a field, as far as GitHub takes it."""
    return render(template, values)[:_LONGEST]


def _addressed(template: str, workflow: Workflow) -> str:
    """Return a template for whoever works on it: Copilot is not to be told of others' work."""
    agent = workflow.agent
    if agent is COPILOT:
        return template
    return _TO_COPILOT.sub(f"@{agent.mention}" if agent.mention else agent.title, template)


def _work(workflow: Workflow, pull: PullRequestSeen | None) -> dict[str, str]:
    number = str(pull.number) if pull is not None else ""
    return {"issue": str(workflow.number), "pull_request": number}


def _quoted(names: tuple[str, ...]) -> str:
    """Return names as code: whoever names a check or a branch must not write our comment."""
    shown = ", ".join(f"`{_plain(name)}`" for name in names[:_LISTED])
    more = len(names) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _inert(text: str) -> str:
    """Return a sentence in which the words of others mention nobody and mark nothing up.

    Above all it must not tell Copilot to work. No backslash stops a mention, a space of no width
    does.
    """
    kept = "".join(each for each in text if each.isprintable())
    return _MARKS.sub(r"\\\1", kept).replace("@", "@\u200b")


def _plain(name: str) -> str:
    kept = "".join(each for each in name if each.isprintable() and each != "`")
    return kept[:_NAME] or "a check without a name"


def _reviewers(workflow: Workflow) -> str:
    known = workflow.pull.reviews
    asking = [known[each] for each in workflow.reviews.to_address if each in known]
    logins = dict.fromkeys(review.author_login for review in asking if review.author_login)
    return ", ".join(logins) or "a reviewer"


def _link(review_id: int) -> str:
    """Return a link that holds on the pull request's own page."""
    return f"[review {review_id}](#pullrequestreview-{review_id})"
