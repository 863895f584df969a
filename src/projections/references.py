"""How answers name a repository, an issue, a pull request and a person: alike everywhere."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from pydantic import BaseModel, Field

from projections.engine.projection import built


class RepositoryRef(BaseModel):
    """A repository."""

    id: int = Field(description="GitHub's numeric id", examples=[1296269])
    full_name: str = Field(
        description="owner/name; empty until a delivery tells", examples=["octo-org/pump"]
    )
    html_url: str | None = Field(
        description="null while the name is not known",
        examples=["https://github.com/octo-org/pump"],
    )


class IssueRef(BaseModel):
    """An issue."""

    number: int = Field(examples=[5])
    title: str | None = Field(description="null where GitHub never told")
    html_url: str | None = Field(examples=["https://github.com/octo-org/pump/issues/5"])


class PullRequestRef(BaseModel):
    """A pull request."""

    number: int = Field(examples=[9])
    title: str | None = Field(description="null where GitHub never told")
    html_url: str | None = Field(examples=["https://github.com/octo-org/pump/pull/9"])


class Person(BaseModel):
    """Somebody on GitHub; neither is known of an account that is gone."""

    id: int | None = Field(examples=[1024])
    login: str | None = Field(examples=["grace-keen"])


@dataclass(frozen=True, slots=True)
class Links:
    """Where people see things: below the address of GitHub's pages."""

    web_url: str = "https://github.com"

    def url(self, full_name: str | None, place: str = "") -> str | None:
        """Return the address of a place in a repository, None while its name is not known."""
        return f"{self.web_url}/{_quoted(full_name)}{place}" if full_name else None

    def repository(self, repository_id: int, full_name: str | None) -> RepositoryRef:
        """Name a repository."""
        known = {"id": repository_id, "full_name": full_name or ""}
        return built(RepositoryRef, known | {"html_url": self.url(full_name)})

    def issue(self, full_name: str | None, number: int, title: str | None) -> IssueRef:
        """Name an issue of a repository."""
        url = self.url(full_name, f"/issues/{number}")
        return built(IssueRef, {"number": number, "title": title, "html_url": url})

    def pull_request(self, full_name: str | None, number: int, title: str | None) -> PullRequestRef:
        """Name a pull request of a repository."""
        url = self.url(full_name, f"/pull/{number}")
        return built(PullRequestRef, {"number": number, "title": title, "html_url": url})


GITHUB_COM = Links()


# A page names few repositories many times, and to quote one takes longer than all else of a link.
@lru_cache(maxsize=1024)
def _quoted(full_name: str) -> str:
    return quote(full_name)
