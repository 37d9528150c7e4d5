"""The readable forms of trees and units."""

from __future__ import annotations

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.parser import parse
from pdelang.syntax.printing import format_tree, print_string, print_unit
from tests.tree_shapes import read_statement, shape_of


def test_outline_of_a_tree() -> None:
    text = """pde 1
domain rod(x [m], y) = interval(0, 1)-hole
unknown T [K]

in rod as heat: dt(T)=((D))*dxx(T)
solver { tolerance=1e-3 method=adam(rate=1e-3) }
param = 3
"""
    assert format_tree(parse(Source("<spec>", text))[0]) == (
        """\
1: Edition
    number: 1
2: Domain
    name: rod
    coordinates: x [m], y
    shape: interval(0, 1) - hole
3: Unknown
    names: T
    unit: [K]
5: In
    regions: rod
    label: heat
    equation: dt(T) = D*dxx(T)
6: Solver
    settings: tolerance = 1e-3, method = adam(rate = 1e-3)
7: Broken param
"""
    )


def test_units_read_back() -> None:
    for text in ("[m^2/s]", "[1]", "[W/(m K)]", "[kg^0.5 s^-1.5]", "[1/s]"):
        unit = _unit(text)
        assert shape_of(_unit(print_unit(unit))) == shape_of(unit)


def _unit(text: str) -> tree.Unit:
    param = read_statement(f"param a = 1 {text}")
    assert isinstance(param, tree.Param)
    assert param.unit is not None
    return param.unit


def test_strings_are_escaped() -> None:
    assert print_string('a "b" \\') == '"a \\"b\\" \\\\"'
