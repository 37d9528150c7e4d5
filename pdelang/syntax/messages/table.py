"""All rows: what the tests run through and the reference lists."""

from __future__ import annotations

from pdelang.syntax.messages import brackets, equations, statements, texts, values
from pdelang.syntax.messages.row import Row

ROWS: tuple[Row, ...] = tuple(
    item
    for family in (statements, brackets, values, equations, texts)
    for item in vars(family).values()
    if isinstance(item, Row)
)
