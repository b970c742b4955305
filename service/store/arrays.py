"""Many integers in one parameter: a list of them in a query grows it, and is parsed each time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    any_,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY


def among(
    connection: Connection, column: ColumnElement[int], values: Iterable[int]
) -> ColumnElement[bool]:
    """That a column has one of the values."""
    listed = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, listed, type_=ARRAY(BigInteger)))
    each = func.json_each(json.dumps(listed)).table_valued("value")
    return column.in_(select(each.c.value))


def insert_integers(connection: Connection, table: Table, rows: Sequence[tuple[int, ...]]) -> None:
    """Insert rows of a table that has integer columns only, in their order."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        columns = [
            bindparam(None, list(c), type_=ARRAY(BigInteger)) for c in zip(*rows, strict=True)
        ]
        query = select(*(func.unnest(c) for c in columns))
        connection.execute(insert(table).from_select(list(table.c), query))
        return
    # Past SQLAlchemy, which would make and process a dictionary a row.
    marks = ", ".join("?" for _ in table.c)
    connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", list(rows))
