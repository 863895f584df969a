"""Where logs of jobs are kept: on another host than the API, which takes no credentials."""

import hmac
from hashlib import sha256

from starlette.responses import Response

from simulator.http.call import Site
from simulator.payloads.jobs import a_job_log
from simulator.state.check_moves import run_snapshot
from simulator.state.checks import CheckRun
from simulator.state.repositories import Repository
from simulator.web.visit import Visit

PATH = "/storage/job-logs/{job_id}"

_KEY = b"of the simulator's storage"


def address_of(site: Site, repository: Repository, check: CheckRun) -> str:
    """Return the address of a job's log, whose signature alone lets one read it."""
    host = site.url.replace("127.0.0.1", "localhost")  # another host by name, the same by nature
    name = f"{repository.id}-{check.id}"
    return f"{host}{PATH.format(job_id=name)}?sig={_signature(name)}"


def get(visit: Visit) -> Response:
    """Answer with a log; as real storage does, refuse whoever sends a token along."""
    name = visit.path["job_id"]
    if visit.authorization or visit.query.get("sig") != _signature(name):
        return Response("<Error><Code>AuthenticationFailed</Code></Error>", 403)
    repository_id, _, check_id = name.partition("-")
    for repository in visit.site.world.repositories.values():
        for check in repository.checks.runs:
            if (str(repository.id), str(check.id)) == (repository_id, check_id):
                shown = run_snapshot(repository, check)
                log = a_job_log(shown, conclusion=check.conclusion or "")
                return Response(f"\ufeff{log}", media_type="text/plain; charset=utf-8")
    return Response("<Error><Code>BlobNotFound</Code></Error>", 404)


def _signature(name: str) -> str:
    return hmac.new(_KEY, name.encode(), sha256).hexdigest()[:20]
