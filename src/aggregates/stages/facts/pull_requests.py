"""Facts of an issue's pull requests: which they are, their checks and their reviews."""

from aggregates.stages.facts.rule_fact import NONE, RuleFact, Told, of_page
from aggregates.stages.stage import head_of, listed, reviewer
from aggregates.workflow import Workflow


def _pull_request(workflow: Workflow) -> str:
    pull = workflow.pull_request
    if pull is None:
        return NONE
    if pull.merged:
        return f"#{pull.number}, merged"
    return f"#{pull.number}, {'open' if pull.state == 'open' else 'closed without a merge'}"


PULL_REQUEST = RuleFact(
    name="pull request",
    value=_pull_request,
    told=of_page("pull_request.number", "pull_request.state", "pull_request.merged"),
)


def _open_pull(workflow: Workflow) -> str:
    pull = workflow.open_pull
    if pull is None:
        return "none that is conducted with this issue" if workflow.is_led else NONE
    draft = {None: "perhaps a draft", True: "a draft", False: "no draft"}[pull.draft]
    return f"#{pull.number} at {head_of(pull)}, {draft}"


OPEN_PULL = RuleFact(
    name="open pull request",
    value=_open_pull,
    told=of_page(
        *("pull_request.number", "pull_request.state", "pull_request.draft"),
        *("pull_request.head_sha", "candidates", "leader"),
    ),
)
CANDIDATES = RuleFact(
    name="open pull requests",
    value=lambda w: listed(f"#{number}" for number in w.open_candidates) or NONE,
    told=of_page("candidates"),
)
LINK = RuleFact(
    name="link to the pull request",
    value=lambda w: "it only fits" if w.probable else "by evidence, or there is none",
    told=of_page("probable", "pull_request.number"),
)
LEADER = RuleFact(
    name="conducted with",
    value=lambda w: f"#{w.leader}" if w.is_led else "itself",
    told=of_page("leader"),
)


_CHECKS = ("failed", "pending", "inconclusive", "awaiting_approval", "missing")


def _checks(workflow: Workflow) -> str:
    checks = workflow.checks
    named = [(kind.replace("_", " "), getattr(checks, kind)) for kind in _CHECKS]
    said = "; ".join(f"{kind}: {listed(names)}" for kind, names in named if names)
    return said or (f"passed: {listed(checks.passed)}" if checks.passed else "nothing in the way")


_HEAD = "pull_request.head_sha"
CHECKS = RuleFact(
    name="checks", value=_checks, told=of_page(_HEAD, *(f"checks.{kind}" for kind in _CHECKS))
)
FAILED_CHECKS = RuleFact(
    name="checks failed",
    value=lambda w: listed(w.checks.failed) or NONE,
    told=of_page(_HEAD, "checks.failed"),
)


def _reviews_told(workflow: Workflow) -> Told:
    number = workflow.pull_request.number if workflow.pull_request is not None else None
    return Told(events=(("pull_request_review", None),), pull_request=number)


def _to_address(workflow: Workflow) -> str:
    if not workflow.reviews.to_address:
        return NONE
    who = listed(reviewer(workflow, each) for each in workflow.reviews.reviewers_to_address)
    return f"by {who}" if who else "by somebody"


TO_ADDRESS = RuleFact(name="changes requested on the head", value=_to_address, told=_reviews_told)
OPEN_REQUESTS = RuleFact(
    name="open requests for changes",
    value=lambda w: str(len(w.reviews.open_requests)) if w.reviews.open_requests else NONE,
    told=_reviews_told,
)


def _approvals(workflow: Workflow) -> str:
    by = workflow.reviews.approved_by
    who = listed(reviewer(workflow, each) for each in by)
    return f"{len(by)}, by {who}" if by else NONE


APPROVALS = RuleFact(name="approvals", value=_approvals, told=of_page("approved_by"))
REVIEWS_AWAITED = RuleFact(
    name="reviews awaited",
    value=lambda w: listed(reviewer(w, each) for each in w.reviews.awaited) or NONE,
    told=lambda w: Told(
        events=(("pull_request", "review_requested"), ("pull_request_review", None)),
        pull_request=_reviews_told(w).pull_request,
    ),
)
