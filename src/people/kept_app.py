"""The GitHub App that set-up made: its secrets sealed, the rest in the clear."""

from datetime import datetime

import orjson
from sqlalchemy import Connection, select, update
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from people.inserting import inserting
from people.ports import AppCredentials
from people.vault import Vault

_THE_ONE = 1


class AppCredentialsRow(SQLModel, table=True):
    """The one App; its version grows whenever its secrets are others, for whoever uses them."""

    __tablename__ = "app_credentials"

    id: int = Field(default=_THE_ONE, primary_key=True, sa_column_kwargs=GIVEN)
    app_id: int = Field(sa_type=BIG_INTEGER)
    slug: str
    client_id: str
    html_url: str
    sealed: bytes = Field(description="private key, client secret and webhook secret")
    kept_at: datetime
    version: int


_credentials = table_of(AppCredentialsRow)


def keep(connection: Connection, vault: Vault, app: AppCredentials, now: datetime) -> None:
    """Keep an App in place of whichever was there; raises VaultMissing."""
    said = orjson.dumps([app.private_key, app.client_secret, app.webhook_secret])
    values = {
        "app_id": app.app_id,
        "slug": app.slug,
        "client_id": app.client_id,
        "html_url": app.html_url,
        "sealed": vault.seal(said, _place(app.app_id)),
        "kept_at": now,
    }
    kept = inserting(connection, _credentials).values(id=_THE_ONE, version=1, **values)
    connection.execute(
        kept.on_conflict_do_update(
            index_elements=["id"],
            set_={**values, "version": _credentials.c.version + 1},
        )
    )


def version(connection: Connection) -> int:
    """Return which version of an App is kept; 0: none is."""
    return connection.scalar(select(_credentials.c.version)) or 0


def find(connection: Connection, vault: Vault) -> AppCredentials | None:
    """Return the App that is kept; raises NotOpened where the key that sealed it is gone."""
    row = connection.execute(select(_credentials)).mappings().first()
    if row is None:
        return None
    said = orjson.loads(vault.open(row["sealed"], _place(row["app_id"])))
    private_key, client_secret, webhook_secret = said
    return AppCredentials(
        app_id=row["app_id"],
        slug=row["slug"],
        client_id=row["client_id"],
        html_url=row["html_url"],
        private_key=private_key,
        client_secret=client_secret,
        webhook_secret=webhook_secret,
    )


def seal_anew(connection: Connection, vault: Vault) -> None:
    """Seal with the first key what an older one sealed; raises NotOpened. Nobody is told of it."""
    row = connection.execute(select(_credentials)).mappings().first()
    if row is None or vault.is_current(row["sealed"]):
        return
    place = _place(row["app_id"])
    sealed = vault.seal(vault.open(row["sealed"], place), place)
    same = _credentials.c.version == row["version"]
    connection.execute(update(_credentials).where(same).values(sealed=sealed))


def _place(app_id: int) -> str:
    return f"app_credentials:{app_id}"
