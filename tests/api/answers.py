"""What is asserted of many answers."""

from typing import Any

import httpx2

from tests.service import Client


def assert_problem(answer: httpx2.Response, status: int, code: str) -> str:
    """Assert that an answer is problem+json in full; return its detail."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    always = {"type", "title", "status", "detail", "code", "request_id"}
    assert set(problem) - {"errors"} == always
    assert ("errors" in problem) == (code == "request_invalid" and "errors" in problem)
    assert problem["type"] == "about:blank"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["request_id"] == answer.headers["x-request-id"] != ""
    assert isinstance(problem["detail"], str)
    assert problem["detail"]
    return problem["detail"]


async def every_page(client: Client, path: str) -> list[list[dict[str, Any]]]:
    """Follow ``next`` from a list's first page to its last; return the items of each."""
    pages: list[list[dict[str, Any]]] = []
    following: str | None = path
    while following is not None:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        assert len(pages) < 100, "the pages do not come to an end"
        pages.append(answer.json()["items"])
        following = answer.json()["next"]
    return pages
