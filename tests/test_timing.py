"""One profile says how properties are tested: a busy machine fails none of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent
SETTING = {"conftest.py", "leaking.py"}  # the profile, and a program that runs without it
OF_THE_PROFILE = {"deadline", "suppress_health_check"}


def own_timings(source: str) -> Iterator[int]:
    """Yield the lines on which a test sets what the profile says for all of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("settings"):
            yield from (k.value.lineno for k in node.keywords if k.arg in OF_THE_PROFILE)


def test_no_property_has_a_deadline() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check


def test_no_test_sets_a_timing_of_its_own() -> None:
    modules = [path for path in TESTS.rglob("*.py") if path.name not in SETTING]
    sources = {path: path.read_text() for path in modules}
    suspects = [path for path, source in sources.items() if "settings(" in source]
    found = [f"{path}:{line}" for path in suspects for line in own_timings(sources[path])]
    assert suspects
    assert found == []


@pytest.mark.parametrize("call", ["settings(deadline=200)", "hypothesis.settings(deadline=None)"])
def test_a_timing_is_found(call: str) -> None:
    assert list(own_timings(f"SOME = {call}")) == [1]
