"""Judging the address of GitHub's API by how it looks."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from runtime.doctor.finding import Finding, problem, warning
from runtime.doctor.server import GITHUB

ADDRESS_SETTING = "ORCHESTRATOR_GITHUB_API_URL"
_API = "https://api.github.com"


def judge_address(url: str) -> Finding | None:
    """Say what is wrong with the address, None where nothing is; quotes no more than its host."""
    host = host_of(url)
    if host is None:
        return problem(
            GITHUB, f"{ADDRESS_SETTING} is no address", f"write {_API}, or https://HOST/api/v3"
        )
    if host in {"github.com", "www.github.com"}:
        found = f"{ADDRESS_SETTING} is where people see GitHub, not its API"
        return problem(GITHUB, found, f"write {_API}")
    if urlsplit(url).username is not None:
        return warning(
            GITHUB, f"{ADDRESS_SETTING} has a user's name in it", "leave it out; it is not used"
        )
    if urlsplit(url).scheme != "https" and not _is_loopback(host):
        found = f"{ADDRESS_SETTING} is http: tokens cross the network in the clear"
        return warning(GITHUB, found, "write https://")
    return None


def host_of(url: str) -> str | None:
    """Return the host of an address, with its port if it names one; None where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.hostname is None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if port is None else f"{host}:{port}"


def _is_loopback(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
