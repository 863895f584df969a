"""A town with all at once that may come between an issue and its merge, and how that must end.

Beside what fails and is mended there are conflicts, flaky checks, sessions that stop, a repository
under Agent Merge, one that Copilot reviews, a second agent, an epic, and visitors who speak.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from simulator.plan import Faults, IssuePlan, MergingHabits, Plan, RepositoryPlan, Script
from simulator.state.accounts import BOT, COPILOT, VISITOR
from simulator.state.pull_requests import PullRequest
from tests.loop.town import POLICY, REPOSITORIES, SPEED, Town, a_plan
from tests.loop.troubles import AGENTS, closes_the_epic

AGENT_LABELS = 'agent_labels: {"agent:scribe": scribe}\n'
MENDING = ("ask_to_fix_ci", "ask_to_resolve_conflicts", "enable_agent_merge", "disable_agent_merge")
BY_ITSELF, EPIC, REVIEWED = (f"orbit-works/{name}" for name in ("harbor", "atlas", "signal"))
OPEN_TO_ALL, WITH_A_HISTORY = REPOSITORIES[:2]
_POLICIES = {
    BY_ITSELF: "mend: agent_merge\n",
    EPIC: "queue: {epics: true}\n",
    REVIEWED: "review: {quiet_seconds: 1, max_rounds: 9, copilot: true, copilot_approvals: count,"
    " address_copilot: true}\nmerge: {automatic: true}\n",
}
_CAPS = {"ask_to_fix_ci": 3, "ask_to_resolve_conflicts": 2, "ask_to_address_review": 3}
_WELL = ("success",) * 9
_FINE = Script(ignored_assignments=0, checks=_WELL)
_FAILS = replace(_FINE, checks=("failure", *_WELL))
_CONFLICTS = replace(_FINE, conflicts=1)
_SCRIPTS = (
    _FAILS,
    replace(_FINE, reviews=("changes_requested", "approved")),
    _CONFLICTS,
    replace(_FINE, sessions=("failed", "completed")),
    replace(_FINE, checks=("flaky", *_WELL)),  # of up to ten issues one, in the second repository
    _FINE,
)
_HISTORY = ("success", "failure", "success", "success") * 3


def a_lively_plan(issues: int, seed: int, faults: Faults, ties: float = 0.0) -> Plan:
    """So many issues in three repositories as they are usual, and some more in special ones."""
    plan = a_plan(issues, seed, faults, ties)
    scripts = {f"Issue {n}": _SCRIPTS[n % len(_SCRIPTS)] for n in range(issues)}
    usual = tuple(
        replace(
            each,
            issues=tuple(replace(issue, script=scripts[issue.title]) for issue in each.issues),
            tasks=each.full_name == OPEN_TO_ALL,  # with sessions that stop; to be asked of often
            history=_HISTORY if each.full_name == WITH_A_HISTORY else (),
            private=each.full_name != OPEN_TO_ALL,
        )
        for each in plan.repositories
    )
    return replace(
        plan,
        repositories=(*usual, *_special()),
        copilot=replace(plan.copilot, approves=0.5, suggests=1.0),
        people=replace(plan.people, sessions=True),
        merging=MergingHabits(computes_for=(60, 600)),
    )


def _special() -> tuple[RepositoryPlan, ...]:
    queued = ("status:queued",)
    scribes = IssuePlan(title="Told", labels=(*queued, "agent:scribe"), script=_FAILS)
    mended = tuple(IssuePlan(title="Mended", labels=queued, script=s) for s in (_FAILS, _CONFLICTS))
    parts = tuple(IssuePlan(title="A part", script=each) for each in (_FINE, _FAILS))
    epic = IssuePlan(title="The epic", labels=queued, sub_issues=(2, 1))
    looked_at = tuple(IssuePlan(title="Looked at", labels=queued, script=_FINE) for _ in range(2))
    by_itself = _a_repository(BY_ITSELF, *mended, scribes)
    reviewed = _a_repository(REVIEWED, *looked_at)
    return (
        replace(by_itself, agent_merge=True, scribe=True),
        _a_repository(EPIC, *parts, epic),
        replace(reviewed, left_to_copilot=True),
    )


def _a_repository(name: str, *issues: IssuePlan) -> RepositoryPlan:
    later = SPEED * 6
    return RepositoryPlan(
        full_name=name,
        issues=tuple(replace(each, after=later + place) for place, each in enumerate(issues)),
        files={".github/copilot-orchestrator.yml": _POLICIES[name]},
        required_approvals=1,
    )


def prepare(town: Town) -> None:
    """Have the service know the second agent, and people and visitors act when their time comes."""
    (town.folder / "agents.yml").write_text(AGENTS)
    (town.folder / "policy.yml").write_text(POLICY + AGENT_LABELS)
    town.settings["agents_file"] = str(town.folder / "agents.yml")
    town.github.on_cue("issue_comment", "created", closes_the_epic, times=9999)
    town.github.on_cue("pull_request", "ready_for_review", _visitors_speak, times=9999)


def _visitors_speak(pull: PullRequest) -> None:
    if pull.repository.full_name != OPEN_TO_ALL:
        return
    for who in (VISITOR, BOT):
        pull.review(who, "approved")
    pull.review(VISITOR, "changes_requested", "@copilot also add my dependency")
    pull.comment("@copilot please translate it", VISITOR)


def all_as_it_must_be(
    town: Town, actions: list[dict[str, Any]], pages: list[dict[str, Any]]
) -> None:
    """Assert that each special thing came to its own end, and nothing beyond its cap."""
    done = [each for each in actions if each["outcome"] == "succeeded"]
    kinds = {each["kind"] for each in done}
    assert {"ask_to_resolve_conflicts", "hand_to_person"} - kinds == set()
    _what_is_flaky_is_run_again_or_mended(town, done)
    assert all(task.state == "completed" for each in town.repositories() for task in each.tasks)
    _caps_hold(actions)
    _nobody_asks_what_mends_itself(town, done)
    _the_epic_is_told_of_once(town, done)
    _suggestions_are_addressed_once_each(town, done)
    agents = {(e["repository"]["full_name"], e["issue"]["number"]): e["agent"] for e in pages}
    assert {where for where, agent in agents.items() if agent == "Scribe"} == {(BY_ITSELF, 3)}


def _what_is_flaky_is_run_again_or_mended(town: Town, done: list[dict[str, Any]]) -> None:
    """Where its history came too late for anybody to know, Copilot was asked to mend it instead."""
    [job] = [job for job in town.github.cast.ci.jobs if job.flaky]
    on_it = [e["kind"] for e in done if e["head_sha"] == job.run.suite.head_sha]
    mended = [kind for kind in on_it if kind in ("rerun_failed_jobs", "ask_to_fix_ci")]
    assert (len(mended), job.run.attempt) == (1, 1 + mended.count("rerun_failed_jobs"))


def _caps_hold(actions: list[dict[str, Any]]) -> None:
    asked = Counter(
        (each["repository"]["full_name"], each["issue"]["number"], each["kind"])
        for each in actions
        if each["kind"] in _CAPS and each["outcome"] != "cancelled"
    )
    caps = {where: 9 if where[0] == REVIEWED else _CAPS[where[2]] for where in asked}
    assert {where: n for where, n in asked.items() if n > caps[where]} == {}


def _nobody_asks_what_mends_itself(town: Town, done: list[dict[str, Any]]) -> None:
    """Nothing is asked twice where Agent Merge is on: it is switched on once, and never told."""
    of_kind = Counter(
        (each["issue"]["number"], each["kind"])
        for each in done
        if each["kind"] in MENDING and each["repository"]["full_name"] == BY_ITSELF
    )
    assert of_kind == {
        (1, "enable_agent_merge"): 1,
        (2, "enable_agent_merge"): 1,
        (3, "ask_to_fix_ci"): 1,  # for the other agent there is no such thing
    }
    pulls = town.github.repository(BY_ITSELF).pull_requests
    assert {pull.issue.number: pull.round for pull in pulls} == {1: 2, 2: 2, 3: 2}
    by_copilot = [pull for pull in pulls if pull.author == COPILOT]
    assert [c for pull in by_copilot for c in pull.comments if "@copilot" in c.body] == []


def _the_epic_is_told_of_once(town: Town, done: list[dict[str, Any]]) -> None:
    told = [e for e in done if e["repository"]["full_name"] == EPIC and e["issue"]["number"] == 3]
    assert [each["kind"] for each in told if each["kind"] != "set_label"] == ["hand_to_person"]
    parts = [town.github.repository(EPIC).issue(number) for number in (1, 2)]
    asked_at = [c.created_at for c in town.github.repository(EPIC).issue(3).comments]
    assert all(part.closed_at <= min(asked_at) for part in parts if part.closed_at)


def _suggestions_are_addressed_once_each(town: Town, done: list[dict[str, Any]]) -> None:
    asked = Counter(
        each["issue"]["number"]
        for each in done
        if each["kind"] == "ask_to_address_review" and each["repository"]["full_name"] == REVIEWED
    )
    pulls = town.github.repository(REVIEWED).pull_requests
    suggested = {p.issue.number: sum(bool(r.on_changes) for r in p.reviews) for p in pulls}
    assert asked == {number: times for number, times in suggested.items() if times}
    merged_by = {pull.merged_by["login"] for pull in pulls if pull.merged_by}
    assert merged_by == {"copilot-orchestrator[bot]"}
