"""Rulesets and classic protection of branches, and deliveries that tell that they changed."""

from collections.abc import Sequence

from simulator.payloads.checks import ACTIONS_APP_ID
from simulator.payloads.envelope import in_repository
from simulator.payloads.payload import CREATED, UPDATED, Payload, a_node_id, an_id, built
from simulator.payloads.repositories import a_repository


def a_ruleset(
    checks: Sequence[str] = ("test",),
    *,
    repository: Payload | None = None,
    integration_id: int | None = ACTIONS_APP_ID,
    **overrides: object,
) -> Payload:
    """Build an active ruleset that asks the default branch for checks, of one App or of any."""
    repository = repository or a_repository()
    ruleset_id = an_id("ruleset", repository["id"])
    ruleset = {
        "id": ruleset_id,
        "name": "main",
        "target": "branch",
        "source_type": "Repository",
        "source": repository["full_name"],
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [required_checks_rule(checks, integration_id)],
        "node_id": a_node_id("RRS", ruleset_id),
        "_links": {"self": {"href": f"{repository['url']}/rulesets/{ruleset_id}"}},
        "created_at": CREATED,
        "updated_at": UPDATED,
    }
    return built(ruleset, overrides)


def required_checks_rule(checks: Sequence[str], integration_id: int | None) -> Payload:
    """Build the rule that asks for checks; without an id of an App anyone's will do."""
    app = {} if integration_id is None else {"integration_id": integration_id}
    listed = [{"context": name, **app} for name in checks]
    return {
        "type": "required_status_checks",
        "parameters": {
            "strict_required_status_checks_policy": False,
            "required_status_checks": listed,
        },
    }


def repository_ruleset(
    action: str = "edited",
    *,
    ruleset: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``repository_ruleset`` delivery, which says little of what changed."""
    body = {"repository_ruleset": ruleset or a_ruleset(repository=repository)}
    if action == "edited":
        body["changes"] = {"rules": {"added": [], "deleted": [], "updated": []}}
    return in_repository(action, body, repository, overrides)


def branch_protection_rule(
    action: str = "edited",
    *,
    checks: Sequence[str] = ("test",),
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``branch_protection_rule`` delivery of the default branch's classic protection."""
    repository = repository or a_repository()
    rule = {
        "id": an_id("protection", repository["id"]),
        "repository_id": repository["id"],
        "name": repository["default_branch"],
        "created_at": CREATED,
        "updated_at": UPDATED,
        "required_status_checks": list(checks),
        "required_status_checks_enforcement_level": "non_admins" if checks else "off",
    }
    body: Payload = {"rule": rule}
    if action == "edited":
        body["changes"] = {"required_status_checks": {"from": []}}
    return in_repository(action, body, repository, overrides)
