"""Read models as they were at a position of the log."""

from sqlalchemy import BigInteger, BindParameter, Subquery, Table, and_, bindparam, func, select

# In a statement the position as of which it asks; what came behind it had not happened yet.
AS_OF: BindParameter[int] = bindparam("as_of", type_=BigInteger)


def rows_then(current: Table, versions: Table) -> Subquery:
    """Return a table's rows as they were: of each that there now is its newest version until then.

    For tables whose rows have one column as their key, and are never removed.
    """
    [key] = current.primary_key
    known, own = current.alias("known"), versions.c[key.name]
    newest = select(func.max(versions.c.position)).where(
        own == known.c[key.name], versions.c.position <= AS_OF
    )
    places = select(
        known.c[key.name], newest.correlate(known).scalar_subquery().label("position")
    ).subquery("places")
    # Two equalities, so that either database looks each row up by its key.
    here = and_(own == places.c[key.name], versions.c.position == places.c.position)
    return (
        select(versions).select_from(versions.join(places, here)).subquery(f"{current.name}_then")
    )
