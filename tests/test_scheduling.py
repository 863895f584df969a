"""Tests that share what is made once keep to one worker."""

import re
from pathlib import Path

import pytest

from tests.scheduling import TOGETHER, group_of

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/web/test_every_view.py::test_it[sqlite-events]", "web on sqlite"),
        ("tests/web/test_shell.py::test_it[postgresql]", "web on postgresql"),
        ("tests/web/test_watching.py::test_it", "web on any"),
        ("tests/loop/test_agents.py::test_it[sqlite]", "troubles on sqlite"),
        ("tests/loop/test_sessions.py::test_it[sqlite-failed]", "troubles on sqlite"),
        ("tests/api/test_live.py::test_it[postgresql-3]", "live on postgresql"),
        ("tests/runtime/test_logs.py::test_it[of postgresqls]", "logs on any"),
        ("tests/runtime/test_start.py::test_it[sqlite]", None),
    ],
)
def test_what_shares_something_is_of_one_group(nodeid: str, group: str | None) -> None:
    assert group_of(nodeid) == (group or nodeid)


def test_every_file_that_is_kept_together_is_there() -> None:
    assert [pattern for pattern in TOGETHER if not [*ROOT.glob(pattern)]] == []


def test_what_a_fixture_of_a_module_makes_is_made_in_one_worker() -> None:
    sharing = [path for path in Path(__file__).parent.rglob("test_*.py") if _shares(path)]
    names = [path.relative_to(ROOT).as_posix() for path in sharing]
    assert names
    assert [name for name in names if group_of(f"{name}::test") == f"{name}::test"] == []


def _shares(path: Path) -> bool:
    """Whether a file has a fixture for all of its tests; few of the command's want its service."""
    own = re.search(r'^@pytest\.fixture\(scope="module"', path.read_text("utf-8"), re.MULTILINE)
    return own is not None and path.name != "test_cli.py"
