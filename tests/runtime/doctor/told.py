"""Reading findings in tests, each held to what every finding must be."""

from collections.abc import Iterable

from runtime.doctor.finding import Finding, State


def held(finding: Finding) -> Finding:
    """Return a finding that is one line, with advice exactly where not all is well."""
    assert bool(finding.advice) == (finding.state != "ok"), finding
    for text in (finding.found, finding.advice, finding.about):
        assert text.isprintable(), finding
    assert finding.found, finding
    return finding


def states(findings: Iterable[Finding]) -> list[State]:
    return [held(finding).state for finding in findings]


def by_check(findings: Iterable[Finding]) -> dict[str, list[State]]:
    """Return the states of each check, in the order in which they are told."""
    found: dict[str, list[State]] = {}
    for finding in findings:
        found.setdefault(held(finding).check, []).append(finding.state)
    return found


def of(findings: Iterable[Finding], check: str) -> list[Finding]:
    return [held(finding) for finding in findings if finding.check == check]
