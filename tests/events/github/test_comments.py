from datetime import UTC, datetime

from events.github import IssueCommentSeen, IssueSeen
from simulator.payloads import a_comment, a_repository, a_user, an_issue, deliveries
from tests.events.github.readings import fact_of, facts_of, read

NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


def test_a_comment_shows_its_issue_and_who_it_mentions_but_not_its_words() -> None:
    comment = a_comment(body="@copilot please add a test for the secret-word case")
    payload = deliveries.issue_comment(comment=comment)

    seen = fact_of(IssueCommentSeen, "issue_comment", payload)

    assert seen == IssueCommentSeen(
        repository_id=a_repository()["id"],
        id=comment["id"],
        number=17,
        is_pull_request=False,
        updated_at=NINE_FIVE,
        created_at=NINE_FIVE,
        author_id=a_user("grace-keen")["id"],
        author_login="grace-keen",
        association="MEMBER",
        mentions_copilot=True,
    )
    assert fact_of(IssueSeen, "issue_comment", payload).number == 17
    assert "secret-word" not in repr(read("issue_comment", payload))


def test_a_comment_on_a_pull_request_shows_no_issue() -> None:
    payload = deliveries.issue_comment(issue=an_issue(18, pull_request={"url": "https://x"}))

    assert fact_of(IssueCommentSeen, "issue_comment", payload).is_pull_request
    assert not facts_of(IssueSeen, "issue_comment", payload)


def test_deleting_a_comment_does_not_delete_the_issue() -> None:
    payload = deliveries.issue_comment("deleted")

    assert fact_of(IssueCommentSeen, "issue_comment", payload).deleted
    assert not fact_of(IssueSeen, "issue_comment", payload).deleted
