"""How GitHub signs a delivery and which headers it sends with it."""

import hmac

HOOK_ID = 271_828_182
APP_ID = 314_159
JSON = "application/json"


def sign(body: bytes, secret: str) -> str:
    """Return the value of ``X-Hub-Signature-256``: an HMAC-SHA256 of the raw body."""
    return f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"


def headers(
    event: str, delivery_id: str, body: bytes, secret: str | None, *, content_type: str = JSON
) -> dict[str, str]:
    """Return the headers of a delivery to an App's webhook; without a secret it is unsigned."""
    sent = {
        "Accept": "*/*",
        "Content-Type": content_type,
        "User-Agent": "GitHub-Hookshot/0123abc",
        "X-GitHub-Delivery": delivery_id,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": str(HOOK_ID),
        "X-GitHub-Hook-Installation-Target-ID": str(APP_ID),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
    }
    return sent if secret is None else sent | {"X-Hub-Signature-256": sign(body, secret)}
