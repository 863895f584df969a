"""The JWT by which an App proves who it is."""

import jwt

from simulator.payloads import APP_ID
from simulator.state.accounts import CLIENT_ID
from simulator.state.refusals import Unauthenticated

_LONGEST = 600  # seconds from now to ``exp``
_SKEW = 60  # seconds that a caller's clock may be ahead


def check_app_jwt(token: str, public_pem: str, now: float) -> None:
    """Raise Unauthenticated unless the App signed a token that holds now, in our time."""
    try:
        claims = jwt.decode(
            token,
            public_pem,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_iss": False},
        )
    except jwt.InvalidTokenError:
        raise Unauthenticated("A JSON web token could not be decoded") from None
    if str(claims.get("iss")) not in (str(APP_ID), CLIENT_ID):
        raise Unauthenticated("Integration not found")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + _SKEW:
        raise Unauthenticated(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
            "was issued"
        )
    if not isinstance(expires, int) or expires <= now:
        raise Unauthenticated(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time "
            "at which the assertion expires"
        )
    if expires > now + _LONGEST:
        raise Unauthenticated("'Expiration time' claim ('exp') is too far in the future")
