"""Repositories, as nearly every payload embeds them."""

from simulator.payloads.payload import (
    API,
    CREATED,
    UPDATED,
    WEB,
    Payload,
    a_node_id,
    addresses,
    an_id,
    built,
)
from simulator.payloads.users import an_organization

_PATHS = {
    "forks": "/forks",
    "keys": "/keys{/key_id}",
    "collaborators": "/collaborators{/collaborator}",
    "teams": "/teams",
    "hooks": "/hooks",
    "issue_events": "/issues/events{/number}",
    "events": "/events",
    "assignees": "/assignees{/user}",
    "branches": "/branches{/branch}",
    "tags": "/tags",
    "blobs": "/git/blobs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "git_refs": "/git/refs{/sha}",
    "trees": "/git/trees{/sha}",
    "statuses": "/statuses/{sha}",
    "languages": "/languages",
    "stargazers": "/stargazers",
    "contributors": "/contributors",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "commits": "/commits{/sha}",
    "git_commits": "/git/commits{/sha}",
    "comments": "/comments{/number}",
    "issue_comment": "/issues/comments{/number}",
    "contents": "/contents/{+path}",
    "compare": "/compare/{base}...{head}",
    "merges": "/merges",
    "archive": "/{archive_format}{/ref}",
    "downloads": "/downloads",
    "issues": "/issues{/number}",
    "pulls": "/pulls{/number}",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "labels": "/labels{/name}",
    "releases": "/releases{/id}",
    "deployments": "/deployments",
}


def a_repository(full_name: str = "orbit-works/rocket", **overrides: object) -> Payload:
    """Build a repository; ids follow from the full name, the owner is an organisation."""
    owner, _, name = full_name.partition("/")
    api = f"{API}/repos/{full_name}"
    repository = {
        "id": an_id("repository", full_name),
        "node_id": a_node_id("R", full_name),
        "name": name,
        "full_name": full_name,
        "private": True,
        "owner": an_organization(owner),
        "html_url": f"{WEB}/{full_name}",
        "description": "A small rocket and all that keeps it in orbit",
        "fork": False,
        "url": api,
        **addresses(api, _PATHS),
        "created_at": "2026-01-12T08:00:00Z",
        "updated_at": CREATED,
        "pushed_at": UPDATED,
        "git_url": f"git://github.com/{full_name}.git",
        "ssh_url": f"git@github.com:{full_name}.git",
        "clone_url": f"{WEB}/{full_name}.git",
        "svn_url": f"{WEB}/{full_name}",
        **_counts(),
        **_settings(),
    }
    return built(repository, overrides)


def _counts() -> Payload:
    return {
        "size": 2048,
        "stargazers_count": 4,
        "watchers_count": 4,
        "forks_count": 0,
        "open_issues_count": 12,
        "forks": 0,
        "open_issues": 12,
        "watchers": 4,
    }


def _settings() -> Payload:
    return {
        "homepage": None,
        "language": "Python",
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "license": None,
        "allow_forking": False,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": ["orbit", "python"],
        "visibility": "private",
        "default_branch": "main",
        "custom_properties": {},
    }
