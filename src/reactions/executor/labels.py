"""Setting the label of a stage: the wanted one comes, others of ours go, people's stay."""

from events.catalogue import ActionRequested, Json
from events.github.labels import label_key
from reactions.executor.paced import Workable
from reactions.ports.answers import Repository
from reactions.ports.failures import Refused


async def set_label(github: Workable, repo: Repository, action: ActionRequested) -> dict[str, Json]:
    """Let an issue carry one label of ours; raises a kind of GitHubFailure."""
    told = action.parameters
    label, stages = told.get("label"), told.get("stages")
    if not isinstance(label, str) or not isinstance(stages, list):
        raise Refused("the action names no label")
    issue = await github.issue(repo, action.issue_number)
    ours = {label_key(f"{told.get('prefix')}{stage}") for stage in stages} - {label_key(label)}
    removed = [known for known in issue.labels if label_key(known) in ours]
    there = label_key(label) in map(label_key, issue.labels)
    answer: dict[str, Json] = {"already": there and not removed}
    if not there:  # first, so that the issue is never without
        answer |= (await github.add_label(repo, action.issue_number, label)).as_json()
    for other in removed:
        answer |= (await github.remove_label(repo, action.issue_number, other)).as_json()
    return answer | {"removed": list(removed)}
