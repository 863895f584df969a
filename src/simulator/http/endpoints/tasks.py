"""Tasks of agents, for people alone; where GitHub does not offer them, there is nothing."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.state.refusals import NotFound
from simulator.state.tasks import Task


def list_tasks(call: Call) -> Answer:
    """Answer with the tasks of a repository, those first that moved last."""
    tasks = sorted(_tasks(call), key=lambda each: each.updated_at, reverse=True)
    states = {name for name in call.query.get("state", "").split(",") if name}
    wanted = [each for each in tasks if not states or each.state in states]
    page = page_of(call, wanted, Task.snapshot)
    return Answer({"tasks": page.body, "total_active_count": len(wanted)}, headers=page.headers)


def get_task(call: Call) -> Answer:
    """Answer with one task."""
    for task in _tasks(call):
        if task.id == call.path["task_id"]:
            return Answer(task.snapshot())
    raise NotFound


def _tasks(call: Call) -> list[Task]:
    repository = call.repository
    if not repository.tells_tasks:
        raise NotFound
    return repository.tasks
