"""Repositories: which there are, and reading one file of theirs, such as the policy."""

from base64 import b64decode
from collections.abc import AsyncIterator

from events.github.node import Node
from events.json_types import JsonObject
from gateway.calls import Caller, quoted, repository_path
from gateway.credentials import AsApp, AsInstallation, as_app_in
from gateway.reply import Parameters, Reply
from reactions.ports.answers import Repository, RepositoryFile
from reactions.ports.failures import Conflict, NotFound

MAX_BYTES = 256 * 1024  # of a file


class Repositories(Caller):
    """The App's installations, their repositories, and files as they are committed."""

    def installations(self) -> AsyncIterator[JsonObject]:
        """Yield the installations of the App."""
        return self._calls.listed(AsApp(), "/app/installations", {})

    def repositories(self, installation_id: int) -> AsyncIterator[JsonObject]:
        """Yield the repositories that an installation may see."""
        credential = AsInstallation(installation_id)
        path = "/installation/repositories"
        return self._calls.listed(credential, path, {}, "repositories")

    async def installation_of(self, repository_id: int) -> JsonObject | None:
        """Return the installation through which the App reaches a repository; None: by none."""
        path = f"/repositories/{repository_id}/installation"  # where a renamed one's name leads
        try:
            return (await self._calls.get(AsApp(), path)).node.json
        except NotFound:
            return None

    async def whole_repository(self, repo: Repository) -> JsonObject:
        """Return a repository as GitHub has it, under the name that it has now."""
        return (await self._calls.get(as_app_in(repo), repository_path(repo))).node.json

    async def file(
        self, repo: Repository, path: str, ref: str | None = None
    ) -> RepositoryFile | None:
        """Return a file of the default branch or of ``ref``, or None when there is none."""
        params = None if ref is None else {"ref": ref}
        try:
            reply = await self._calls.get(as_app_in(repo), _file_path(repo, path), params)
        except NotFound:
            return None
        return _file(reply, path)

    async def last_commit(self, repo: Repository, path: str) -> str | None:
        """Return the newest commit of the default branch that changed a file; None: there is none.

        A repository without any commit has none either, which GitHub calls a conflict.
        """
        params: Parameters = {"path": path, "per_page": 1}
        where = repository_path(repo, "commits")
        try:
            reply = await self._calls.get(as_app_in(repo), where, params)
        except Conflict:
            return None
        return _commit(reply)


def _file_path(repo: Repository, path: str) -> str:
    """Return the path of a file's contents; the slashes of its own path stay."""
    return f"{repository_path(repo, 'contents')}/{quoted(path, '/')}"


def _file(reply: Reply, path: str) -> RepositoryFile:
    if reply.node.name("type") != "file":
        raise reply.refused(f"{path} is no file")
    size = reply.read(lambda node: node.need_integer("size"))
    if size > MAX_BYTES:
        raise reply.refused(f"{path} has {size} bytes, at most {MAX_BYTES} are read")
    sha, content = reply.read(_content)
    try:
        return RepositoryFile(b64decode(content).decode(), sha)
    except ValueError:  # no base64, or no UTF-8
        problem = f"{path} is no UTF-8 text"
    raise reply.refused(problem)


def _commit(reply: Reply) -> str | None:
    commits = reply.json
    if not isinstance(commits, list):
        raise reply.refused("GitHub's answer should be a list")
    if not commits:
        return None
    first = Reply(reply.status, commits[0], reply.headers)
    return first.read(lambda node: node.need_name("sha"))


def _content(node: Node) -> tuple[str, str]:
    return node.need_name("sha"), node.need_text("content", 2 * MAX_BYTES)
