"""Which tests one worker has: what is made once for several of them, as a browser, it makes once.

The marks of xdist for this reach its scheduler through the names of tests, which pytest keeps to
itself since 9.1; so these names alone say it.
"""

import re
from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling

_DIALECT = re.compile(r"[\[-](sqlite|postgresql)[\]-]")
# A browser, and a service with a long history for each database; one town; and by file, what a
# fixture of a module starts.
TOGETHER = {
    "tests/web/*": "web",
    "tests/loop/test_agent_merge.py": "troubles",
    "tests/loop/test_agents.py": "troubles",
    "tests/loop/test_conflicts.py": "troubles",
    "tests/loop/test_epics.py": "troubles",
    "tests/loop/test_sessions.py": "troubles",
    "tests/api/test_live.py": "live",
    "tests/api/test_schemathesis.py": "schemathesis",
    "tests/attacks/test_connections.py": "connections",
    "tests/events/test_large.py": "large",
    "tests/runtime/test_costs.py": "costs",
    "tests/runtime/test_explain.py": "explain",
    "tests/runtime/test_fast_path.py": "fast path",
    "tests/runtime/test_logs.py": "logs",
    "tests/runtime/test_protocol.py": "protocol",
    "tests/runtime/test_read_replica.py": "replica",
    "tests/test_architecture.py": "architecture",
}


class Scheduling(LoadScopeScheduling):
    """Gives tests to workers one by one, and those together which share what is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return a name for the tests that keep to one worker with this one; else that of itself."""
    path, _, rest = nodeid.partition("::")
    found = [name for pattern, name in TOGETHER.items() if PurePath(path).match(pattern)]
    if not found:
        return nodeid
    dialect = _DIALECT.search(rest)
    return f"{found[0]} on {dialect[1] if dialect else 'any'}"
