"""What a person sees: a table that folds on a terminal, a line each elsewhere."""

import io

import pytest
from rich.console import Console

from runtime.cli import doctor
from runtime.doctor.finding import ok, problem

LONG = "word " * 40
FINDINGS = [ok("log", "3 events"), problem("App", f"[bold]{LONG}", "mend it", "acme/shop")]


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> list[str]:
    target = io.StringIO()
    console = Console(file=target, force_terminal=terminal, width=60, highlight=False)
    monkeypatch.setattr(doctor, "console", console)
    doctor.show(FINDINGS)
    return target.getvalue().splitlines()


def test_elsewhere_each_finding_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, terminal=False)
    assert lines == [
        "ok       log              3 events",
        f"problem  App              acme/shop: [bold]{LONG.strip()} → mend it",
    ]


def test_on_a_terminal_it_folds_and_takes_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, terminal=True)
    assert len(lines) > len(FINDINGS)
    assert "\x1b[32mok" in lines[0]
    assert "[bold]word" in "".join(lines)
    assert any("→ mend it" in line for line in lines)
