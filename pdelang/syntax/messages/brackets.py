"""E002–E004, E013, E019: brackets, indices and units."""

from __future__ import annotations

from pdelang.syntax.messages.row import Row

UNCLOSED = Row(
    "E002",
    "This `{found}` is never closed",
    "no `{closing}` follows before the statement ends",
    "write `{closing}` where the bracket ends",
    (
        "let a = sin‹(›pi*x",
        "let a = 2*‹(›3 + (4)\nparam b = 1",
        "solver ‹{› tolerance = 1e-4",
        "time t ‹[›s in 0 .. 1",
    ),
)
EXTRA_CLOSING = Row(
    "E003",
    "This `{found}` closes nothing",
    "no bracket is open here",
    "take it away, or write `{opening}` where the bracket begins",
    ("let a = sin(pi*x)‹)›", "param b = 3‹]›", "solver tolerance = 1e-4 ‹}›"),
)
MISMATCHED = Row(
    "E004",
    "`{found}` does not close `{opening}`",
    "closes another kind of bracket",
    "write `{closing}` here",
    ("let a = sin(pi*x‹]›", "let a = [1, 2‹)›", "unknown T [K‹)›"),
)
EMPTY_BRACKETS = Row(
    "E001",
    "These brackets are empty",
    "a value is missing inside",
    "write the value between the brackets, or take the brackets away",
    ("let a = ‹()›", "let a = 2*‹()›"),
)
INDEX = Row(
    "E013",
    "Nothing is indexed by number",
    "an index",
    "a component is written `w.x`, a value at a point `value(u, (0.5, 0.5))`",
    ("let a = u‹[0]›", "let a = u‹[0]› + 1", "let a = u‹[:, 0]›", "on left: u‹[1, 2]› = 0"),
)
UNIT_NUMBER = Row(
    "E019",
    "A unit holds no number but `1`",
    "`{number}` is a number",
    "put the number into the value, as in `param a = 2e3 [m]`; `[1]` is dimensionless",
    ("param a = 3 ‹[2 m]›", "unknown T ‹[10 K]›"),
)
UNIT_BEFORE_VALUE = Row(
    "E019",
    "The unit stands after the value",
    "too early",
    "write it at the end, as in `param nu = 0.01 [m^2/s]`",
    ("param nu ‹[›m^2/s] = 0.01", "let q ‹[›K] = 3"),
)
UNIT_INSIDE = Row(
    "E019",
    "A unit stands at the end of a declaration only",
    "not inside an expression",
    "declare a `param` with this unit and use its name here",
    ("let a = 3 ‹[m]› * 2", "on left: u = 3 ‹[K]›", "let a = (3 ‹[m]›)", "in plate: u ‹[K]› = 0"),
)
UNIT_AFTER_RANGE = Row(
    "E019",
    "The unit of the time stands after its name",
    "too late",
    "write it before `in`, as in `time t [s] in 0 .. 10`",
    ("time t in 0 .. 600 ‹[s]›",),
)
UNIT_OF_COORDINATE = Row(
    "E019",
    "The unit of a coordinate stands after its name",
    "not here",
    "write it with every coordinate, as in `domain plate(x [m], y [m]) = …`; shapes are in these units",
    (
        "domain rod(x) = interval(0, 1) ‹[m]›",
        "domain slab(x, y) ‹[m]› = plate",
        "shape plate = box(x = 0 .. 4 ‹[mm]›, y = 0 .. 3)",
    ),
)
BAD_UNIT = Row(
    "E019",
    "`{found}` cannot stand in a unit",
    "not expected here",
    "a unit is a product of powers of names, as in `[kg/(m s^2)]`; `[1]` is dimensionless",
    ("param a = 3 [m ‹+› s]", "unknown T [‹]›", "param a = 3 [m^‹x›]"),
)
