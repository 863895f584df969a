"""Addresses below the API's own; whatever comes from outside is quoted."""

from urllib.parse import quote

from reactions.ports.answers import Repository


def repository_path(repo: Repository, *parts: str | int) -> str:
    """Return the path of something in a repository, from parts such as ``issues`` and 7."""
    return "/".join(["/repos", repo.full_name, *(_quoted(str(part)) for part in parts)])


def file_path(repo: Repository, path: str) -> str:
    """Return the path of a file's contents; the slashes of its own path stay."""
    return f"{repository_path(repo, 'contents')}/{_quoted(path, '/')}"


def graphql_url(api_url: str) -> str:
    """Return where GraphQL is: beside REST's version on an Enterprise Server, else below it."""
    url = api_url.rstrip("/")
    return f"{url.removesuffix('/v3')}/graphql" if url.endswith("/api/v3") else f"{url}/graphql"


def _quoted(part: str, safe: str = "") -> str:
    return quote(part, safe=safe, errors="replace")
