"""Settings are read so that one that does not fit hides none of the others."""

import os
from pathlib import Path

import pytest

from runtime.doctor.finding import Unread
from runtime.doctor.settings_file import (
    GivenSettings,
    check_agents_file,
    judge_settings,
    read_settings,
)
from runtime.settings import Settings
from tests.runtime.doctor.told import held, states


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith("ORCHESTRATOR_"):
            monkeypatch.delenv(name)


def given() -> GivenSettings:
    read = read_settings()
    assert isinstance(read, GivenSettings)
    return read


def write(text: str, mode: int = 0o600) -> None:
    Path(".env").write_text(text, encoding="utf-8")
    Path(".env").chmod(mode)


def test_without_any_all_of_them_fit() -> None:
    assert states(judge_settings(given())) == ["ok"]


def test_one_that_does_not_fit_leaves_the_others_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("ORCHESTRATOR_LOG_LEVEL=hunter2\nORCHESTRATOR_GITHUB_APP_ID=77\n")
    monkeypatch.setenv("ORCHESTRATOR_METRICS_OPEN", "perhaps")
    read = given()
    assert read.settings.github_app_id == "77"
    assert read.settings.log_level == Settings.model_fields["log_level"].default
    findings = [held(each) for each in judge_settings(read)]
    assert states(findings) == ["problem", "problem"]
    named = " ".join(each.found for each in findings)
    assert "ORCHESTRATOR_LOG_LEVEL" in named
    assert "ORCHESTRATOR_METRICS_OPEN" in named
    assert "hunter2" not in named
    assert "perhaps" not in named


def test_a_secret_of_any_bytes_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_WEBHOOK_SECRET", os.fsdecode(b"hunter2\xff"))
    [finding] = judge_settings(given())
    assert held(finding).found == "ORCHESTRATOR_WEBHOOK_SECRET: it must be UTF-8 text"


@pytest.mark.parametrize("where", ["file", "environment"])
@pytest.mark.parametrize("name", ["ORCHESTRATOR_WEBHOOK_SECRETS", "orchestrator_webhook_secrets"])
def test_a_name_that_is_none_of_ours_is_told_with_the_one_that_may_be_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, where: str
) -> None:
    if where == "file":
        write(f"# ORCHESTRATOR_COMMENTED=1\nexport {name} = 1\n")
    else:
        monkeypatch.setenv(name, "1")
    [finding] = judge_settings(given())
    assert held(finding).state == "warning"
    assert "ORCHESTRATOR_WEBHOOK_SECRETS" in finding.found
    assert "is ORCHESTRATOR_WEBHOOK_SECRET meant?" in finding.advice


def test_a_name_like_none_of_ours_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_QQQ", "1")
    [finding] = judge_settings(given())
    assert "meant" not in held(finding).advice


def test_every_setting_that_there_is_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        monkeypatch.setenv(f"ORCHESTRATOR_{name.upper()}", str(field.get_default() or ""))
    assert given().unknown == ()


@pytest.mark.parametrize(("mode", "expected"), [(0o600, "ok"), (0o640, "ok"), (0o644, "warning")])
def test_a_file_that_everybody_may_read_is_told(mode: int, expected: str) -> None:
    write("ORCHESTRATOR_WEBHOOK_SECRET=whatever\n", mode)
    assert states(judge_settings(given())) == [expected]


@pytest.mark.parametrize(
    ("text", "line"), [('\nORCHESTRATOR_ADMIN_TOKEN="open\n', 2), ("# well\n\nthis is = not\n", 3)]
)
def test_a_line_of_which_nothing_is_read_is_told(text: str, line: int) -> None:
    write(text)
    [finding] = [held(each) for each in judge_settings(given())]
    assert (finding.state, finding.advice[:16]) == ("problem", "write NAME=value")
    assert finding.found.startswith(f"line {line} of .env is not understood")
    write('# "a remark\n\nexport ORCHESTRATOR_ADMIN_TOKEN="closed"\nALONE\n')
    assert states(judge_settings(given())) == ["ok"]


def test_the_agents_of_a_file_are_named_and_what_does_not_fit_by_its_field(tmp_path: Path) -> None:
    file = tmp_path / "agents.yml"
    file.write_text('agents: [{name: scribe, user_id: 4321, login: "scribe[bot]"}]')
    finding = held(check_agents_file(file))
    assert (finding.state, finding.check) == ("ok", "agents file")
    assert "scribe (user 4321)" in finding.found
    file.write_text("agents: [{name: scribe, user_id: x, login: y}]")
    finding = held(check_agents_file(file))
    assert finding.state == "problem"
    assert "agents[0].user_id" in finding.found
    assert check_agents_file(None).state == "ok"


def test_a_file_that_is_no_text_is_not_read() -> None:
    Path(".env").write_bytes(b"ORCHESTRATOR_WEBHOOK_SECRET=\xff\xfe\n")
    assert isinstance(read_settings(), Unread)
