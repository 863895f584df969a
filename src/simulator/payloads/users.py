"""People, organisations and Copilot, as payloads embed them."""

from typing import Literal, TypeAlias

from simulator.payloads.payload import API, WEB, Payload, a_node_id, addresses, an_id, built

Kind: TypeAlias = Literal[
    "maintainer", "member", "reader", "visitor", "bot", "ghost", "copilot", "copilot_reviewer"
]

COPILOT_AGENT_ID = 198982749
COPILOT_REVIEWER_ID = 175728472
SCRIBE_ID = 214748364  # an agent of nobody's, which GitHub lets work as Copilot does

_PATHS = {
    "followers": "/followers",
    "following": "/following{/other_user}",
    "gists": "/gists{/gist_id}",
    "starred": "/starred{/owner}{/repo}",
    "subscriptions": "/subscriptions",
    "organizations": "/orgs",
    "repos": "/repos",
    "events": "/events{/privacy}",
    "received_events": "/received_events",
}


def a_user(login: str = "ada-bright", **overrides: object) -> Payload:
    """Build a person; the id follows from the login."""
    user_id = an_id("user", login)
    user = {
        "login": login,
        "id": user_id,
        "node_id": a_node_id("U", login),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{user_id}?v=4",
        "gravatar_id": "",
        "url": f"{API}/users/{login}",
        "html_url": f"{WEB}/{login}",
        **addresses(f"{API}/users/{login}", _PATHS),
        "type": "User",
        "user_view_type": "public",
        "site_admin": False,
    }
    return built(user, overrides)


def a_bot(slug: str = "renovate", **overrides: object) -> Payload:
    """Build the account by which an App acts, such as ``renovate[bot]``."""
    return a_user(**_app_user(f"{slug}[bot]", an_id("bot", slug), slug) | overrides)


def a_ghost() -> Payload:
    """Build who stands for deleted accounts as a sender; what they wrote has ``user: null``."""
    return a_user("ghost", id=10137)


def written_by(kind: Kind, association: str | None = None) -> Payload:
    """Build what says of a comment, a review or an issue who wrote it: someone of a kind.

    ``a_review("approved", **written_by("visitor"))``; GitHub's usual association unless given.
    """
    user, usual = _kinds()[kind]
    return {"user": user, "author_association": association or usual}


def an_organization(login: str = "orbit-works", **overrides: object) -> Payload:
    """Build an organisation as the owner of repositories and installations."""
    return a_user(login, type="Organization", **overrides)


def copilot_agent(**overrides: object) -> Payload:
    """Build the Copilot coding agent under the login that webhooks give it."""
    return a_user(**_app_user("Copilot", COPILOT_AGENT_ID, "copilot-swe-agent") | overrides)


def scribe_agent(**overrides: object) -> Payload:
    """Build a second agent, which webhooks call otherwise than whoever assigns it does."""
    return a_user(**_app_user("Scribe", SCRIBE_ID, "scribe-agent") | overrides)


def copilot_reviewer(**overrides: object) -> Payload:
    """Build Copilot as a reviewer."""
    slug = "copilot-pull-request-reviewer"
    return a_user(**_app_user(f"{slug}[bot]", COPILOT_REVIEWER_ID, slug) | overrides)


def _kinds() -> dict[Kind, tuple[Payload | None, str]]:
    return {
        "maintainer": (a_user("mona-maintains"), "MEMBER"),
        "member": (a_user("miles-member"), "MEMBER"),
        "reader": (a_user("rita-reads"), "COLLABORATOR"),
        "visitor": (a_user("vic-visits"), "NONE"),
        "bot": (a_bot(), "NONE"),
        "ghost": (None, "NONE"),
        "copilot": (copilot_agent(), "CONTRIBUTOR"),
        "copilot_reviewer": (copilot_reviewer(), "NONE"),
    }


def _app_user(login: str, user_id: int, slug: str) -> Payload:
    return {"login": login, "id": user_id, "type": "Bot", "html_url": f"{WEB}/apps/{slug}"}
