"""Trees without places, so that tests can compare what was read wherever it stood."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.parser import parse, parse_value


def shape_of(value: Any) -> Any:
    """Return nested tuples of class names and field values, spans left out."""
    if isinstance(value, tree.Node):
        inside = (shape_of(getattr(value, f.name)) for f in fields(value) if f.name != "span")
        return (type(value).__name__, *inside)
    if isinstance(value, tuple):
        return tuple(shape_of(item) for item in value)
    return value


def read_value(text: str) -> tree.Expression:
    """Parse one expression that must be right."""
    value, diagnostics = parse_value(Source("<value>", text))
    assert diagnostics == ()
    assert value is not None
    return value


def read_statement(text: str) -> tree.Statement:
    """Parse one statement that must be right."""
    spec, diagnostics = parse(Source("<spec>", "pde 1\n" + text))
    assert diagnostics == ()
    assert spec.broken == ()
    assert len(spec.statements) == 2
    return spec.statements[1]
