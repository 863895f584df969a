"""What a repository is given before work begins: labels, and a pull request with a file."""

from base64 import b64encode

from events.github.names import label_key
from events.github.node import Node
from gateway.calls import Caller, quoted, repository_path
from gateway.credentials import as_app_in
from gateway.reply import Request
from reactions.ports.answers import Repository
from reactions.ports.failures import NotFound, Refused

_LABELS = ("labels",)
_LONGEST_URL = 2000


class Preparing(Caller):
    """Makes what is missing; what is there already is left as it is."""

    async def make_labels(self, repo: Repository, names: dict[str, str]) -> int:
        """Make labels by name, with a colour of six hexadecimal digits each; returns how many."""
        there = {label_key(str(each.get("name"))) async for each in self._listed(repo, _LABELS, {})}
        missing = {name: colour for name, colour in names.items() if label_key(name) not in there}
        path = repository_path(repo, "labels")
        for name, colour in missing.items():
            await self._calls.post(as_app_in(repo), path, {"name": name, "color": colour})
        return len(missing)

    async def offer_file(  # noqa: PLR0913 (what a file and a pull request are made of)
        self, repo: Repository, path: str, content: str, branch: str, title: str, body: str
    ) -> str:
        """Open a pull request that adds a file, and return its address; one that is open will do.

        Needs contents: write; raises Forbidden without it.
        """
        found = await self._open_pull(repo, branch)
        if found is not None:
            return found
        whole = await self._calls.get(as_app_in(repo), repository_path(repo))
        base = whole.read(lambda node: node.need_name("default_branch"))
        await self._branch(repo, branch, base)
        await self._write(repo, path, content, branch, title)
        asked = {"title": title, "body": body, "head": branch, "base": base}
        where = repository_path(repo, "pulls")
        return (await self._calls.post(as_app_in(repo), where, {**asked})).read(_address)

    async def _open_pull(self, repo: Repository, branch: str) -> str | None:
        async for each in self._listed(repo, ("pulls",), {"state": "open"}):
            head = each.get("head")
            if isinstance(head, dict) and head.get("ref") == branch:
                url = each.get("html_url")
                return url if isinstance(url, str) else None
        return None

    async def _branch(self, repo: Repository, branch: str, base: str) -> None:
        """Let a branch begin where another is; one that is there already is gone on with."""
        where = f"{repository_path(repo, 'git', 'ref', 'heads')}/{quoted(base, '/')}"
        sha = (await self._calls.get(as_app_in(repo), where)).read(_sha)
        body = {"ref": f"refs/heads/{branch}", "sha": sha}
        try:
            await self._calls.post(as_app_in(repo), repository_path(repo, "git", "refs"), {**body})
        except Refused as error:
            if "already exists" not in error.words:
                raise

    async def _write(
        self, repo: Repository, path: str, content: str, branch: str, message: str
    ) -> None:
        where = f"{repository_path(repo, 'contents')}/{quoted(path, '/')}"
        body = {
            "message": message,
            "content": b64encode(content.encode()).decode(),
            "branch": branch,
        }
        try:
            there = await self._calls.get(as_app_in(repo), where, {"ref": branch})
            body["sha"] = there.read(lambda node: node.need_name("sha"))
        except NotFound:
            pass
        await self._calls.send(as_app_in(repo), Request("PUT", where, json={**body}))


def _sha(node: Node) -> str:
    return node.need_node("object").need_name("sha")


def _address(node: Node) -> str:
    return node.need_text("html_url", _LONGEST_URL)
