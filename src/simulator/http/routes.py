"""Every path that is served, who may call it, and with which permission."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from simulator.graphql.schema import post_graphql
from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.http.caller import Kind
from simulator.http.endpoints import (
    agent_merge,
    app,
    authorizations,
    checks,
    conversation,
    files,
    hook,
    issues,
    jobs,
    manifests,
    people,
    pulls,
    repositories,
    sub_issues,
    tasks,
)

Endpoint: TypeAlias = Callable[[Call], Answer]

_APP: tuple[Kind, ...] = ("app",)
_CLIENT: tuple[Kind, ...] = ("client",)
_TOKEN: tuple[Kind, ...] = ("installation", "user")
_USER: tuple[Kind, ...] = ("user",)
_ANYONE: tuple[Kind, ...] = ("app", "installation", "user", "anonymous")
_REPO = "/repos/{owner}/{repo}"
_ISSUE = f"{_REPO}/issues/{{number}}"
_PULL = f"{_REPO}/pulls/{{number}}"
_BRANCH = f"{_REPO}/branches/{{branch:path}}"
_RUN = f"{_REPO}/actions/runs/{{run_id}}"
_CHECK_RUN = f"{_REPO}/check-runs/{{check_run_id}}"
_COMMIT = f"{_REPO}/commits/{{ref:path}}"
_TASKS = "/agents/repos/{owner}/{repo}/tasks"
_AGENT_MERGE = "/agents/repos/{owner}/{repo}/pulls/{number}/agent-merge"


@dataclass(frozen=True, slots=True)
class Served:
    """A method and the template of a path, and what answers it."""

    method: str
    template: str
    endpoint: Endpoint
    callers: tuple[Kind, ...] = _TOKEN
    permission: str | None = None

    @property
    def kind(self) -> str:
        """The template as counters and faults name it."""
        return self.template.replace(":path", "")

    @property
    def in_repository(self) -> bool:
        """Whether it needs a permission in the repository that its path names."""
        return self.permission is not None and self.template.startswith(_REPO)

    @property
    def makes_content(self) -> bool:
        """Whether the secondary limit counts it."""
        return self.method != "GET" and self.permission is not None


ROUTES = (
    Served("GET", "/app", app.get_app, _APP),
    Served("GET", "/app/installations", app.list_installations, _APP),
    Served("GET", "/app/installations/{installation_id}", app.get_installation, _APP),
    Served("POST", "/app/installations/{installation_id}/access_tokens", app.create_token, _APP),
    Served("GET", "/app/hook/config", hook.get_config, _APP),
    Served("PATCH", "/app/hook/config", hook.set_config, _APP),
    Served("GET", "/app/hook/deliveries", hook.list_deliveries, _APP),
    Served("GET", "/app/hook/deliveries/{delivery_id}", hook.get_delivery, _APP),
    Served("POST", "/app/hook/deliveries/{delivery_id}/attempts", hook.redeliver, _APP),
    Served("GET", "/repositories/{repository_id}/installation", app.get_installation_of, _APP),
    Served("GET", "/installation/repositories", app.list_repositories, _TOKEN),
    Served("POST", "/app-manifests/{code}/conversions", manifests.convert, _ANYONE),
    Served("DELETE", "/applications/{client_id}/token", authorizations.delete_token, _CLIENT),
    Served("DELETE", "/applications/{client_id}/grant", authorizations.delete_grant, _CLIENT),
    Served("GET", "/user", app.get_user, _TOKEN),
    Served("GET", "/user/installations", people.list_installations),
    Served("GET", "/user/installations/{installation_id}/repositories", people.list_repositories),
    Served("GET", "/user/memberships/orgs/{org}", people.get_my_membership, _TOKEN, "members"),
    Served("GET", "/orgs/{org}/memberships/{login}", people.get_membership, _TOKEN, "members"),
    Served("GET", "/users/{login}", app.get_account, _ANYONE),
    Served("GET", "/rate_limit", app.get_rate_limit, _ANYONE),
    Served("GET", "/meta", app.get_meta, _ANYONE),
    Served("POST", "/graphql", post_graphql, _TOKEN),
    Served("GET", _REPO, repositories.get_repository, _TOKEN, "metadata"),
    Served(
        "GET",
        f"{_REPO}/collaborators/{{login}}/permission",
        repositories.get_permission,
        _TOKEN,
        "metadata",
    ),
    Served("GET", f"{_REPO}/labels", repositories.list_labels, _TOKEN, "issues"),
    Served("POST", f"{_REPO}/labels", repositories.create_label, _TOKEN, "issues"),
    Served("GET", f"{_REPO}/rules/branches/{{branch:path}}", repositories.get_rules),
    Served(
        "GET",
        f"{_BRANCH}/protection/required_status_checks",
        repositories.get_protected_checks,
        _TOKEN,
        "administration",
    ),
    Served("GET", f"{_BRANCH}/protection", repositories.get_protection, _TOKEN, "administration"),
    Served("GET", f"{_REPO}/commits", repositories.list_commits, _TOKEN, "contents"),
    Served("GET", f"{_REPO}/contents/{{path:path}}", repositories.get_contents, _TOKEN, "contents"),
    Served("PUT", f"{_REPO}/contents/{{path:path}}", files.put_file, _TOKEN, "contents"),
    Served("POST", f"{_REPO}/git/refs", files.create_ref, _TOKEN, "contents"),
    Served("GET", f"{_REPO}/git/ref/heads/{{branch:path}}", files.get_ref, _TOKEN, "contents"),
    Served("GET", f"{_REPO}/issues", issues.list_issues, _TOKEN, "issues"),
    Served("GET", f"{_REPO}/issues/comments/{{comment_id}}", conversation.get_comment),
    Served(
        "PATCH",
        f"{_REPO}/issues/comments/{{comment_id}}",
        conversation.edit_comment,
        _TOKEN,
        "issues",
    ),
    Served("GET", _ISSUE, issues.get_issue, _TOKEN, "issues"),
    Served("PATCH", _ISSUE, issues.edit_issue, _TOKEN, "issues"),
    Served("POST", f"{_ISSUE}/assignees", issues.add_assignees, _TOKEN, "issues"),
    Served("DELETE", f"{_ISSUE}/assignees", issues.remove_assignees, _TOKEN, "issues"),
    Served("GET", f"{_ISSUE}/dependencies/blocked_by", issues.list_blocked_by, _TOKEN, "issues"),
    Served("GET", f"{_ISSUE}/parent", sub_issues.get_parent, _TOKEN, "issues"),
    Served("GET", f"{_ISSUE}/sub_issues", sub_issues.list_sub_issues, _TOKEN, "issues"),
    Served("POST", f"{_ISSUE}/sub_issues", sub_issues.add_sub_issue, _TOKEN, "issues"),
    Served("DELETE", f"{_ISSUE}/sub_issue", sub_issues.remove_sub_issue, _TOKEN, "issues"),
    Served("PATCH", f"{_ISSUE}/sub_issues/priority", sub_issues.place_sub_issue, _TOKEN, "issues"),
    Served("GET", f"{_ISSUE}/timeline", issues.list_timeline, _TOKEN, "issues"),
    Served("GET", f"{_ISSUE}/comments", conversation.list_comments, _TOKEN, "issues"),
    Served("POST", f"{_ISSUE}/comments", conversation.create_comment, _TOKEN, "issues"),
    Served("GET", f"{_ISSUE}/labels", conversation.list_labels, _TOKEN, "issues"),
    Served("POST", f"{_ISSUE}/labels", conversation.add_labels, _TOKEN, "issues"),
    Served("DELETE", f"{_ISSUE}/labels/{{name:path}}", conversation.remove_label, _TOKEN, "issues"),
    Served("GET", f"{_REPO}/pulls", pulls.list_pulls, _TOKEN, "pull_requests"),
    Served("POST", f"{_REPO}/pulls", pulls.create_pull, _TOKEN, "pull_requests"),
    Served("GET", _PULL, pulls.get_pull, _TOKEN, "pull_requests"),
    Served("GET", f"{_PULL}/commits", pulls.list_commits, _TOKEN, "pull_requests"),
    Served("GET", f"{_PULL}/reviews", pulls.list_reviews, _TOKEN, "pull_requests"),
    Served(
        "GET",
        f"{_PULL}/reviews/{{review}}/comments",
        pulls.list_review_comments,
        _TOKEN,
        "pull_requests",
    ),
    Served(
        "POST", f"{_PULL}/requested_reviewers", pulls.request_reviewers, _TOKEN, "pull_requests"
    ),
    Served("PUT", f"{_PULL}/merge", pulls.merge, _TOKEN, "contents"),
    Served("GET", f"{_COMMIT}/check-runs", checks.list_check_runs, _TOKEN, "checks"),
    Served("GET", f"{_COMMIT}/check-suites", checks.list_check_suites, _TOKEN, "checks"),
    Served("GET", f"{_COMMIT}/status", checks.get_status, _TOKEN, "statuses"),
    Served("GET", f"{_COMMIT}/statuses", checks.list_statuses, _TOKEN, "statuses"),
    Served("GET", f"{_REPO}/actions/runs", checks.list_actions_runs, _TOKEN, "actions"),
    Served("GET", _RUN, jobs.get_actions_run, _TOKEN, "actions"),
    Served("POST", f"{_RUN}/rerun-failed-jobs", jobs.rerun_failed_jobs, _TOKEN, "actions"),
    Served("GET", f"{_REPO}/actions/jobs/{{job_id}}", jobs.get_job, _TOKEN, "actions"),
    Served("GET", f"{_REPO}/actions/jobs/{{job_id}}/logs", jobs.get_job_log, _TOKEN, "actions"),
    Served("GET", _CHECK_RUN, jobs.get_check_run, _TOKEN, "checks"),
    Served("GET", f"{_CHECK_RUN}/annotations", jobs.list_annotations, _TOKEN, "checks"),
    Served("POST", f"{_REPO}/check-runs", checks.create_check_run, _TOKEN, "checks"),
    Served("PATCH", _CHECK_RUN, checks.update_check_run, _TOKEN, "checks"),
    Served(
        "POST",
        f"{_REPO}/commits/{{sha}}/comments",
        conversation.comment_on_commit,
        _TOKEN,
        "contents",
    ),
    Served("GET", _TASKS, tasks.list_tasks, _USER, "agent_tasks"),
    Served("GET", f"{_TASKS}/{{task_id}}", tasks.get_task, _USER, "agent_tasks"),
    Served("GET", _AGENT_MERGE, agent_merge.get_agent_merge, _USER, "pull_requests"),
    Served("PUT", _AGENT_MERGE, agent_merge.put_agent_merge, _USER, "pull_requests"),
    Served("DELETE", _AGENT_MERGE, agent_merge.delete_agent_merge, _USER, "pull_requests"),
)
