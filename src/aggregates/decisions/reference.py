"""What is decided, waited for and asked, as docs/stages.md has it behind the rules."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aggregates.actions import TRAITS, Traits
from events.catalogue import ActionKind, QuestionKind, TimerKind

# When each is decided, and how often; the keys of the policy on which that hangs.
DECISIONS: Final[Mapping[ActionKind, str]] = {
    "assign": "the issue is `queued`, its turn has come, and fewer than `queue.max_active` are at "
    "work: it is given to its agent (`agent`, `agent_labels`); once for each start",
    "ask_to_fix_ci": "`ci_failed`, the round is over, and checks stood still for "
    "`ci.settle_seconds`: the agent is told how they failed; once for each head, at most "
    "`ci.max_attempts` times",
    "ask_to_address_review": "`changes_requested` (by suggestions of Copilot's too, with "
    "`review.address_copilot`), the round is over, and reviewers were quiet for "
    "`review.quiet_seconds`; once for all that was said, at most `review.max_rounds` times",
    "ask_to_resolve_conflicts": "`conflicted`, and the round is over; once for each pair of head "
    "and base, at most `conflicts.max_attempts` times",
    "mark_ready": "`draft`, the round is over, and `ready.when` holds; once for each head",
    "request_copilot_review": "`ready_for_review` or `merge_ready`, where `review.copilot` wants "
    "it and Copilot neither was asked, by whomever, nor reviewed the head; once for each head",
    "set_label": "the issue's label is not that of its stage (`labels.sync`); once at each stage",
    "merge": "`merge_ready`, where `merge.automatic` says so, a check vouched for it, and no "
    "review of Copilot's and no answer of GitHub's is to come; once for each head",
    "hand_to_person": "`needs_human`: a comment says why, and what would help; once for each cause",
    "rerun_failed_jobs": "`ci_failed`, all that failed is flaky on the default branch, and "
    "`ci.flaky` is `rerun_once`; once for each head, before the agent is asked",
    "enable_agent_merge": "`ci_failed` or `conflicted`, where `mend` is `agent_merge`, GitHub "
    "knows Agent Merge, and it is off; once for each head, instead of asking in a comment",
    "disable_agent_merge": "a person has the work, or is to mend it, and Agent Merge was switched "
    "on by us; once",
}
# What each wait is for, how long it takes, and what its end brings.
WAITS: Final[Mapping[TimerKind, str]] = {
    "settle": "all checks stand still for `ci.settle_seconds`, before something is decided by them",
    "quiet": "reviewers are quiet for `review.quiet_seconds`, before the agent is asked",
    "no_pull_request": "the agent opens a pull request within `watchdog.no_pull_request_minutes`",
    "no_progress": "something is heard of the agent within `watchdog.no_progress_minutes`",
    "round_quiet": "a further round says a word within `watchdog.round_quiet_minutes`; then it is "
    "taken to be over",
    "check_missing": "a required check, or one that was to run again, reports within "
    "`watchdog.check_missing_minutes`",
    "check_running": "a required check ends within `watchdog.check_running_minutes`",
    "check_inconclusive": "a required check comes to a result within "
    "`watchdog.check_inconclusive_minutes`",
    "check_approval": "somebody lets Actions run within `watchdog.check_approval_minutes`",
    "reviewer": "a review is given within `watchdog.reviewer_minutes`",
    "answer": "GitHub answers what something waits for within `watchdog.answer_minutes`",
    "budget_day": "the day of UTC ends whose sessions are used up (`budget.sessions_per_day`); "
    "then what waited is started",
    "budget_month": "the month ends, likewise (`budget.sessions_per_month`)",
}
# When GitHub is asked, as whom, and what waits for its answer.
QUESTIONS: Final[Mapping[QuestionKind, str]] = {
    "permission": "whether somebody who reviewed, or told the agent to go on, may write here; what "
    "hangs on their word waits",
    "closing": "which issues a pull request closes that only fits; nothing waits",
    "work": "whether the agent's work on a draft has ended, by the pull request's timeline; "
    "nothing waits",
    "blockers": "what blocks an issue that waits for its turn; nothing waits",
    "failure": "how checks failed: at which step, with which lines of their logs, on the base, "
    "too, and how often lately; asking the agent to mend them waits",
    "session": "how the agent's session stands, while it works; as the acting user; nothing waits, "
    "but one that failed, ran out of time, waits or was cancelled goes to a person",
    "mergeable": "whether the head conflicts with its base, anew whenever either moves; a merge, "
    "and asking to resolve a conflict, wait",
    "sub_issues": "which sub-issues an epic has, and in which order; starting them waits once a "
    "change of them was heard of",
    "agent_merge": "whether Agent Merge is on, before somebody is asked to mend a head; as the "
    "acting user; that request waits",
}

_DECISIONS = """
## Decisions

What is thought of at a stage, and decided once all of it holds; `explain` says of each why it is
taken or not. In mode `shadow` it is recorded and not done. What starts a session of the agent's is
kept back while a ceiling of `budget` is reached.

| action | decided when | done as | where GitHub refuses |
|---|---|---|---|
"""
_WAITS = """
## Waits

Each is a timer's, whose end is an event; of those of `watchdog` it brings the work to a person, by
the rule of the same name where there is one.

| timer | it is waited until |
|---|---|
"""
_QUESTIONS = """
## Questions

What no delivery tells GitHub is asked, as the App where nothing else is said; its answer is an
event, and a page says what it is still being asked. Where GitHub knows no such thing, that is its
answer.

| question | asked is |
|---|---|
"""


def decision_reference() -> str:
    """Return what stands in docs/stages.md behind the rules, as Markdown."""
    decisions = "".join(
        f"| `{kind}` | {when} | {_as_whom(TRAITS[kind])} | {_refused(TRAITS[kind])} |\n"
        for kind, when in DECISIONS.items()
    )
    waits, questions = "".join(_rows(WAITS.items())), "".join(_rows(QUESTIONS.items()))
    return f"{_DECISIONS}{decisions}{_WAITS}{waits}{_QUESTIONS}{questions}"


def _rows(sentences: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"| `{kind}` | {says} |\n" for kind, says in sentences)


def _as_whom(traits: Traits) -> str:
    return "the acting user" if traits.needs_user else "the App"


def _refused(traits: Traits) -> str:
    if traits.only_tells or traits.gives_back:
        return "nothing stops"
    return "something else is done" if traits.optional else "a person is told"
