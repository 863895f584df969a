"""Deliveries that tell that a person's access changed: collaborators, teams, the organisation."""

from simulator.payloads.envelope import in_organization, in_repository
from simulator.payloads.payload import API, WEB, Payload, a_node_id, an_id, built
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user, an_organization

_LOGIN = "grace-keen"


def a_team(slug: str = "pilots", permission: str = "push", **overrides: object) -> Payload:
    """Build a team of an organisation; ``permission`` is GitHub's older word, as pull or push."""
    team_id = an_id("team", slug)
    url = f"{API}/organizations/1/team/{team_id}"
    team = {
        "name": slug.title(),
        "id": team_id,
        "node_id": a_node_id("T", slug),
        "slug": slug,
        "description": "Who flies it",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "url": url,
        "html_url": f"{WEB}/orgs/orbit-works/teams/{slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "permission": permission,
        "parent": None,
    }
    return built(team, overrides)


def member(
    action: str = "edited",
    *,
    member: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``member`` delivery: a collaborator came, went, or may do something else now."""
    changes: Payload = {
        "added": {"permission": {"to": "write"}, "role_name": {"to": "write"}},
        "edited": {
            "old_permission": {"from": "write"},
            "permission": {"from": "write", "to": "read"},
        },
    }
    body: Payload = {"member": member or a_user(_LOGIN)}
    if action in changes:
        body["changes"] = changes[action]
    return in_repository(action, body, repository, overrides)


def membership(
    action: str = "removed",
    *,
    member: Payload | None = None,
    team: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``membership`` delivery, of no repository: someone joined or left a team."""
    body = {"scope": "team", "member": member or a_user(_LOGIN), "team": team or a_team()}
    return in_organization(action, body, overrides)


def team(
    action: str = "removed_from_repository",
    *,
    team: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``team`` delivery: what a team may do in a repository changed, or the team did."""
    body: Payload = {"team": team or a_team()}
    if action == "edited":
        rights = {"admin": False, "pull": True, "push": True}
        body["changes"] = {"repository": {"permissions": {"from": rights}}}
    if action in ("added_to_repository", "removed_from_repository", "edited"):
        body["repository"] = repository or a_repository()
    return in_organization(action, body, overrides)


def organization(
    action: str = "member_removed", *, user: Payload | None = None, **overrides: object
) -> Payload:
    """Build an ``organization`` delivery, of no repository: someone joined or left it."""
    user, url = user or a_user(_LOGIN), an_organization()["url"]
    membership = {
        "url": f"{url}/memberships/{user['login']}",
        "state": "active" if action == "member_added" else "inactive",
        "role": "member",
        "organization_url": url,
        "user": user,
    }
    return in_organization(action, {"membership": membership}, overrides)
