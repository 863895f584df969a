"""The files with which it is run say what the code knows, and what their readers accept."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from api.body import MAX_BODY
from api.webhooks import PATH
from runtime.cli.main import app
from runtime.settings import Settings
from tests.api.documented import operations
from tests.service import PROGRAM

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "copilot-orchestrator@.service"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
SYSTEMD = shutil.which("systemd-analyze")
STARTED = re.compile(r"^ExecStart=(\S+) (.*)$", re.MULTILINE)


def test_the_unit_starts_with_options_and_settings_that_there_are() -> None:
    text = UNIT.read_text(encoding="utf-8")
    [(_, arguments)] = STARTED.findall(text)
    command, *rest = arguments.split()
    known = typer.main.get_group(app).commands[command].params
    assert {each for each in rest if each.startswith("--")} <= {o for p in known for o in p.opts}
    named = {name.lower() for name in re.findall(r"ORCHESTRATOR_([A-Z_]+)", text)}
    assert named <= set(Settings.model_fields)


@pytest.mark.skipif(SYSTEMD is None, reason="there is no systemd-analyze here")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    assert SYSTEMD is not None
    text = UNIT.read_text(encoding="utf-8")
    [(program, _)] = STARTED.findall(text)
    (tmp_path / UNIT.name).write_text(text.replace(program, str(PROGRAM)))
    for role in ("all", "web", "worker"):
        unit = tmp_path / UNIT.name.replace("@", f"@{role}")
        judged = subprocess.run(  # noqa: S603 (systemd's own program)
            [SYSTEMD, "verify", unit], capture_output=True, check=False, text=True
        )
        said = [line for line in judged.stderr.splitlines() if UNIT.stem in line]
        assert (judged.returncode, said) == (
            0,
            [],
        )  # of other units of this machine it may complain


def location(path: str) -> str:
    [found] = re.findall(rf"location = {re.escape(path)} {{(.*?)}}", NGINX, re.DOTALL)
    return str(found)


def test_nginx_lets_through_what_the_service_takes() -> None:
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(megabytes) * 1024 * 1024 > MAX_BODY
    assert "proxy_pass" in location(PATH)
    assert "proxy_buffering off;" in location("/api/live")
    named = set(re.findall(r"location = (\S+)", NGINX))
    assert named <= {operation.path for operation in operations()}


def test_nginx_passes_on_what_the_service_tells_browsers() -> None:
    hidden = set(re.findall(r"proxy_hide_header ([\w-]+);", NGINX))
    added = set(re.findall(r"add_header ([\w-]+) ", NGINX))
    assert (
        hidden == added == {"Strict-Transport-Security"}
    )  # said once, by nginx for itself as well
    assert "proxy_set_header Host $host;" in NGINX
    # Else a location's own would drop those of its server.
    assert not re.search(r"^ {8}add_header", NGINX, re.MULTILINE)


def test_nginx_leads_no_program_from_http_to_https() -> None:
    plain = NGINX.split("listen 443")[0]
    assert re.search(r"location /api/ {\s+return 404;", plain)
