"""E001, E007, E008: `=` and comparisons."""

from __future__ import annotations

from pdelang.syntax.messages.row import Row

CHAINED_COMPARISON = Row(
    "E001",
    "Comparisons cannot be chained",
    "a second comparison",
    "join two comparisons with `and`, as in `0 < x and x < 1`",
    ("boundary a = left where 0 < x ‹<› 1",),
)
COMPARISON_FOR_EQUAL = Row(
    "E007",
    "`==` compares; an equation and a definition have `=`",
    "write `=` here",
    "use `==` only after `if` and `where`",
    ("on left: u ‹==› 0", "param a ‹==› 3", "require mean(p) ‹==› 0"),
)
INEQUALITY = Row(
    "E007",
    "`{found}` compares; only equations can be required to hold",
    "not an equation",
    "write an equation with `=`; comparisons stand after `if` and `where`",
    ("on left: u ‹<=› 0", "require mean(p) ‹>› 0"),
)
EQUAL_FOR_COMPARISON = Row(
    "E007",
    "`=` states an equation; a comparison has `==`",
    "write `==` here",
    "write `==`, or one of `<`, `<=`, `>`, `>=`, `!=`",
    ("let a = if t ‹=› 1 then 2 else 3", "boundary a = left where x ‹=› 0"),
)
COLON_FOR_EQUAL = Row(
    "E007",
    "`:` does not set a value here",
    "write `=` here",
    "write `=` between the name and its value",
    (
        "param a ‹:› 3",
        "solver { tolerance‹:› 1e-4 }",
        "let a ‹:›= 3",
        "boundary lid‹:› cavity.top",
    ),
)
NO_EQUATION = Row(
    "E008",
    "This is an expression, not an equation",
    "`=` and the right-hand side are missing",
    "write the other side, as in `… = 0`",
    ("in plate: lap(u) + u‹›", "on left: dn(u)‹›", "require mean(p)‹›"),
)
NO_EQUAL = Row(
    "E008",
    "The `=` of this `{word}` is missing",
    "`=` belongs before this",
    "write `=` between the name and its value",
    (
        "param nu ‹0.01›",
        "let f(s) ‹s›^2",
        "shape hole ‹disk›(radius = 0.2)",
        "solver { tolerance ‹1e-4› }",
        "domain plate(x, y) ‹box›(x = 0 .. 1)",
    ),
)
SECOND_EQUAL = Row(
    "E008",
    "One statement has one `=`",
    "a second `=`",
    "write each equation as a statement of its own",
    ("on left: u = v ‹=› 0", "param a = b ‹=› 3", "let a = (b ‹=› 3)"),
)
