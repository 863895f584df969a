"""Comments in the conversation of an issue or a pull request."""

from simulator.payloads.issues import an_issue, reactions
from simulator.payloads.payload import UPDATED, Payload, a_node_id, an_id, built
from simulator.payloads.users import a_user


def a_comment(*, issue: Payload | None = None, number: int = 1, **overrides: object) -> Payload:
    """Build a comment on an issue, or on a pull request's issue; ``number`` tells several apart."""
    issue = issue or an_issue()
    comment_id = an_id("comment", issue["id"], number)
    url = f"{issue['repository_url']}/issues/comments/{comment_id}"
    comment = {
        "url": url,
        "html_url": f"{issue['html_url']}#issuecomment-{comment_id}",
        "issue_url": issue["url"],
        "id": comment_id,
        "node_id": a_node_id("IC", comment_id),
        "user": a_user("grace-keen"),
        "created_at": UPDATED,
        "updated_at": UPDATED,
        "body": "I saw the same yesterday, with the link down for about a minute.",
        "author_association": "MEMBER",
        "reactions": reactions(url),
        "performed_via_github_app": None,
    }
    return built(comment, overrides)
