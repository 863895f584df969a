"""Reading one file of a repository."""

from base64 import encodebytes

import pytest

from gateway import GitHubGateway
from reactions.ports.answers import RepositoryFile
from reactions.ports.failures import Forbidden, Refused
from tests.gateway.credentials import REPO
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

PATH = ".github/copilot-orchestrator.yml"
CONTENTS = f"GET /repos/acme/shop/contents/{PATH}"
TEXT = "mode: live\n# f\u00fcr alle\n" * 20


def contents(text: bytes = TEXT.encode(), **fields: object) -> dict[str, object]:
    return {
        "type": "file",
        "encoding": "base64",
        "size": len(text),
        "sha": "b" * 40,
        "content": encodebytes(text).decode(),
        **fields,
    }


async def test_a_file_is_read(github: GitHubGateway, script: Script) -> None:
    script.on(CONTENTS, contents())
    assert await github.file(REPO, PATH) == RepositoryFile(TEXT, "b" * 40)
    assert script.the(CONTENTS).query == {}


async def test_a_file_is_read_as_of_a_commit(github: GitHubGateway, script: Script) -> None:
    script.on(CONTENTS, contents())
    await github.file(REPO, PATH, ref="topic/a&b")
    assert script.the(CONTENTS).query == {"ref": "topic/a&b"}


async def test_an_absent_file_is_none(github: GitHubGateway, script: Script) -> None:
    script.on(CONTENTS, {"message": "Not Found"}, 404)
    assert await github.file(REPO, PATH) is None


async def test_a_file_that_may_not_be_read_is_not_absent(
    github: GitHubGateway, script: Script
) -> None:
    script.on(CONTENTS, {"message": "Resource not accessible by integration"}, 403)
    with pytest.raises(Forbidden, match="Resource not accessible by integration"):
        await github.file(REPO, PATH)


@pytest.mark.parametrize(
    ("body", "because"),
    [
        ([contents()], "is no file"),
        (contents(type="submodule"), "is no file"),
        (contents(size=262_145), "has 262145 bytes, at most 262144 are read"),
        (contents(b"\xff\xfe"), "is no UTF-8 text"),
        (contents(content="A"), "is no UTF-8 text"),
        (contents(content=None), "at $.content: expected text, found null"),
    ],
)
async def test_what_is_no_small_text_is_refused(
    github: GitHubGateway, script: Script, body: object, because: str
) -> None:
    script.on(CONTENTS, body)
    with pytest.raises(Refused) as refused:
        await github.file(REPO, PATH)
    assert because in str(refused.value)


async def test_a_path_is_quoted(github: GitHubGateway, script: Script) -> None:
    script.on("GET /repos/acme/shop/contents/a%20b/c%3Fd.yml", contents())
    assert await github.file(REPO, "a b/c?d.yml") is not None


COMMITS = "GET /repos/acme/shop/commits"


async def test_the_newest_commit_of_a_file_is_asked_for(
    github: GitHubGateway, script: Script
) -> None:
    script.on(COMMITS, [{"sha": "c" * 40}])
    assert await github.last_commit(REPO, PATH) == "c" * 40
    assert script.the(COMMITS).query == {"path": PATH, "per_page": "1"}


@pytest.mark.parametrize(("body", "status"), [([], 200), ({"message": "It is empty."}, 409)])
async def test_a_file_that_there_never_was_has_no_commit(
    github: GitHubGateway, script: Script, body: object, status: int
) -> None:
    script.on(COMMITS, body, status)
    assert await github.last_commit(REPO, PATH) is None


@pytest.mark.parametrize("body", [{}, [{}], ["c"], None])
async def test_an_answer_without_a_commit_is_refused(
    github: GitHubGateway, script: Script, body: object
) -> None:
    script.on(COMMITS, body)
    with pytest.raises(Refused):
        await github.last_commit(REPO, PATH)


async def test_whose_a_repository_is_is_asked_as_the_app_by_its_id(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /repositories/7/installation", {"id": 42, "account": {"login": "acme"}})
    script.on("GET /repositories/8/installation", {"message": "Not Found"}, 404)
    assert await github.installation_of(7) == {"id": 42, "account": {"login": "acme"}}
    assert script.the("GET /repositories/7/installation").bearer.count(".") == 2
    assert await github.installation_of(8) is None
