"""Jobs of GitHub Actions runs: their steps, their logs, what they noted of lines of files."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.payloads.jobs import a_job, annotations_of
from simulator.state.check_moves import actions_run_snapshot, run_snapshot
from simulator.state.checks import ActionsRun, CheckRun
from simulator.state.refusals import Forbidden, Gone, NotFound
from simulator.state.repositories import Repository
from simulator.web.storage import address_of


def get_job(call: Call) -> Answer:
    """Answer with a job and its steps."""
    repository = call.repository
    check = _check(repository, call.path["job_id"])
    run = _run_of(repository, check)
    whole = actions_run_snapshot(repository, run)
    return Answer(a_job(whole, run_snapshot(repository, check), check.attempt))


def get_actions_run(call: Call) -> Answer:
    """Answer with an Actions run in its newest attempt."""
    return Answer(actions_run_snapshot(call.repository, _actions_run(call)))


def rerun_failed_jobs(call: Call) -> Answer:
    """Run the failed jobs of an Actions run again, which has to be over, and not gone well."""
    run = _actions_run(call)
    if run.status != "completed":
        raise Forbidden("This workflow is already running")
    if run.conclusion == "success":
        raise Forbidden("The workflow run containing these jobs has no failed jobs")
    call.site.world.rerun(run)
    return Answer({}, 201)


def get_job_log(call: Call) -> Answer:
    """Lead to where the log of a completed job is kept, on a host of its own, for a minute."""
    repository = call.repository
    check = _check(repository, call.path["job_id"])
    _run_of(repository, check)
    if check.status != "completed":
        raise NotFound
    if check.id in repository.checks.expired_logs:
        raise Gone("Server Error")
    return Answer(None, 302, {"location": address_of(call.site, repository, check)})


def get_check_run(call: Call) -> Answer:
    """Answer with a check run."""
    repository = call.repository
    return Answer(run_snapshot(repository, _check(repository, call.path["check_run_id"])))


def list_annotations(call: Call) -> Answer:
    """Answer with what a check run noted of lines of files."""
    repository = call.repository
    check = _check(repository, call.path["check_run_id"])
    return page_of(call, annotations_of(run_snapshot(repository, check)), _as_it_is)


def _check(repository: Repository, wanted: str) -> CheckRun:
    found = (each for each in repository.checks.runs if str(each.id) == wanted)
    if (check := next(found, None)) is None:
        raise NotFound
    return check


def _actions_run(call: Call) -> ActionsRun:
    known, wanted = call.repository.checks.actions_runs, call.path["run_id"]
    found = next((each for each in known if str(each.id) == wanted), None)
    if found is None:
        raise NotFound
    return found


def _run_of(repository: Repository, check: CheckRun) -> ActionsRun:
    """Return the Actions run that a check is a job of; another App's check is none."""
    found = (each for each in repository.checks.actions_runs if each.suite is check.suite)
    if (run := next(found, None)) is None:
        raise NotFound
    return run


def _as_it_is(annotation: Payload) -> Payload:
    return annotation
