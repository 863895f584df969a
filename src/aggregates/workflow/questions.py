"""What only GitHub can answer about a workflow, and what waits for its answer.

Deciding asks nobody: a question stands as long as its workflow gives rise to it, a reaction asks,
and the answer comes back as an event. ``stamp`` tells when a question is to be asked anew though it
was answered: access may have changed since.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aggregates.lane.subjects import Mention
from aggregates.workflow.blockers import blocked_by_unseen
from aggregates.workflow.conflicts import conflict_matters, conflict_stamp, is_being_asked
from aggregates.workflow.epics import is_outdated
from aggregates.workflow.failures import awaits_failure, failure_stamp, failure_stands
from aggregates.workflow.mending import agent_merge_stamp, awaits_agent_merge
from aggregates.workflow.progress import copilot_finished
from aggregates.workflow.reviews import latest_verdicts
from aggregates.workflow.sessions import asks_for_session, session_stamp
from aggregates.workflow.trust import answer_about
from aggregates.workflow.workflow import Workflow
from events.catalogue import QuestionKind
from events.github import PullRequestSeen, ReviewSeen

_MOST = 50  # people of whom is asked on one pull request; strangers may come in any number


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to ask: of a person, what a pull request closes, how its work ended or its checks.

    Or how Copilot's session stands, what blocks an issue or what it consists of. Where there is
    no pull request, its number is 0. ``waits``: something that would be done now is not done until
    the answer is there.
    """

    kind: QuestionKind
    issue_number: int
    pull_request_number: int
    user_id: int = 0
    login: str = ""
    stamp: int = 0
    waits: bool = False


def questions_of(workflow: Workflow) -> tuple[Question, ...]:
    """Return what GitHub is to be asked; nothing where there is no App to ask it with."""
    if not workflow.trust.has_app:
        return ()
    found: list[Question] = []
    if workflow.queued and not workflow.started and blocked_by_unseen(workflow):
        found.append(_blockers(workflow))
    if workflow.is_epic:
        found.append(_sub_issues(workflow))
    if workflow.probable:
        known = [workflow.pull_request.number] if workflow.pull_request is not None else []
        found += [_about(workflow, "closing", pull) for pull in workflow.open_candidates or known]
    if (pull := workflow.open_pull) is not None:
        found += _permissions(workflow, pull.number)
        if _asks_whether_over(workflow, pull):
            found.append(_about(workflow, "work", pull.number))
        found += _of_mending(workflow, pull.number)
    if asks_for_session(workflow):
        number = workflow.open_pull.number if workflow.open_pull is not None else 0
        question = _about(workflow, "session", number)
        found.append(replace(question, stamp=session_stamp(workflow)))
    return tuple(found)


def _of_mending(workflow: Workflow, pull: int) -> Iterator[Question]:
    """Yield what is asked for the sake of what is to be mended, and by whom."""
    if is_being_asked(workflow):
        yield _mergeable(workflow, pull)
    if failure_stands(workflow):
        yield _failure(workflow, pull)
    if awaits_agent_merge(workflow):
        yield _agent_merge(workflow, pull)


def _asks_whether_over(workflow: Workflow, pull: PullRequestSeen) -> bool:
    told = pull.draft is True and workflow.told_at is not None
    return told and workflow.agent.timeline and not copilot_finished(workflow)


def awaited_answers(workflow: Workflow) -> tuple[Question, ...]:
    """Return the questions without whose answer nothing goes on."""
    return tuple(question for question in questions_of(workflow) if question.waits)


def in_words(question: Question) -> str:  # noqa: PLR0911 (one for each kind)
    """Return what is asked, as the end of a sentence."""
    match question.kind:
        case "permission":
            return f"whether {question.login} may write here"
        case "closing":
            return f"which issues #{question.pull_request_number} closes"
        case "work":
            return f"whether Copilot's work on #{question.pull_request_number} has ended"
        case "blockers":
            return f"what blocks #{question.issue_number}"
        case "failure":
            return f"how the checks of #{question.pull_request_number} failed"
        case "mergeable":
            return f"whether #{question.pull_request_number} conflicts with its base"
        case "session":
            return f"how Copilot's session for #{question.issue_number} stands"
        case "sub_issues":
            return f"which sub-issues #{question.issue_number} has, and in which order"
        case "agent_merge":
            return f"whether Agent Merge is on for #{question.pull_request_number}"


def _about(workflow: Workflow, kind: QuestionKind, pull: int) -> Question:
    return Question(kind=kind, issue_number=workflow.number, pull_request_number=pull)


def _blockers(workflow: Workflow) -> Question:
    """Ask what blocks the issue, anew whenever GitHub counts another number of them."""
    counted = workflow.issue.blocked_by_open if workflow.issue is not None else None
    question = _about(workflow, "blockers", 0)
    return replace(question, stamp=counted or 0)


def _sub_issues(workflow: Workflow) -> Question:
    """Ask what an epic consists of, at once whenever a delivery told that this changed.

    It is asked for as long as it is one: that its parts were put in another order nothing tells.
    """
    heard = workflow.known.heard_sub_issues
    question = _about(workflow, "sub_issues", 0)
    stamp = heard.position if heard is not None else 0
    return replace(question, stamp=stamp, waits=is_outdated(workflow.known))


def _mergeable(workflow: Workflow, pull: int) -> Question:
    """Ask whether it conflicts, anew for each head and whenever its base moves."""
    question = _about(workflow, "mergeable", pull)
    return replace(question, stamp=conflict_stamp(workflow), waits=conflict_matters(workflow))


def _failure(workflow: Workflow, pull: int) -> Question:
    """Ask what failed and how, anew for each head and whenever something else failed on it."""
    question = _about(workflow, "failure", pull)
    stamp = failure_stamp(workflow)
    return replace(question, stamp=stamp, waits=awaits_failure(workflow))


def _agent_merge(workflow: Workflow, pull: int) -> Question:
    """Ask whether Copilot mends it by itself, once for each head, before it is asked to."""
    question = _about(workflow, "agent_merge", pull)
    return replace(question, stamp=agent_merge_stamp(workflow), waits=True)


def _permissions(workflow: Workflow, pull: int) -> Iterator[Question]:
    """Ask of all people who judge the pull request or tell Copilot to work, the newest first."""
    speakers: dict[int, ReviewSeen | Mention] = {}
    reviews: list[ReviewSeen | Mention] = [*reversed(latest_verdicts(workflow.pull))]
    for speaker in [*reviews, *_mentions(workflow)]:
        if speaker.author_kind == "person" and speaker.author_id is not None:
            speakers.setdefault(speaker.author_id, speaker)
    speakers.pop(workflow.trust.set_user_id or 0, None)
    matter = {*workflow.reviews.approved_by, *workflow.reviews.reviewers_to_address}
    ranked = sorted(speakers.items(), key=lambda each: each[0] not in matter)
    for user_id, speaker in ranked[:_MOST]:
        if speaker.author_login:
            known = answer_about(user_id, workflow.pull, workflow.trust)
            yield Question(
                kind="permission",
                issue_number=workflow.number,
                pull_request_number=pull,
                user_id=user_id,
                login=speaker.author_login,
                stamp=workflow.trust.access_changed,
                waits=known is None and user_id in matter,
            )


def _mentions(workflow: Workflow) -> list[Mention]:
    return sorted(workflow.pull.mentions.values(), key=lambda each: each.at, reverse=True)
