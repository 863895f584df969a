"""What the API needs to know of people: who signs in where, and who recognises them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from people.consenting import Consenting
from people.doors import Doors
from people.recognition import Recognition
from people.signing_in import SigningIn


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who recognises people, and how they come in.

    ``signing_in`` and ``consenting`` are None where nobody can sign in with GitHub; ``why_not``
    says why.
    """

    recognition: Recognition
    doors: Doors
    signing_in: SigningIn | None = None
    consenting: Consenting | None = None
    why_not: str = "no GitHub App is set with which people could sign in"
    public_url: str = ""
    admin_tokens: Sequence[str] = field(default=(), repr=False)
