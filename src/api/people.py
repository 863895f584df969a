"""What the API needs to know of people: who signs in where, and who recognises them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from people.attempts import Attempts
from people.consenting import Consenting
from people.doors import Doors
from people.issuing import Issuing
from people.programs import Programs
from people.recognition import Recognition
from people.setting_up import SettingUp
from people.signing_in import SigningIn


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who recognises people, and how they come in.

    ``why_not`` says why nobody can sign in with GitHub now; None: they can. ``signing_in`` and
    ``consenting`` are None where nobody ever could, ``setting_up`` where no pages set anything up.
    """

    recognition: Recognition
    doors: Doors
    issuing: Issuing
    attempts: Attempts
    programs: Programs
    signing_in: SigningIn | None = None
    consenting: Consenting | None = None
    why_not: Callable[[], str | None] = lambda: "there is no App with which people could sign in"
    public_url: str = ""
    admin_tokens: Sequence[str] = field(default=(), repr=False)
    setting_up: SettingUp | None = None
