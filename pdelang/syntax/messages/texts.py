"""E009–E012, E016: files and characters."""

from __future__ import annotations

from pdelang.syntax.messages.row import Row

FLEXPDE_FILE = Row(
    "E009",
    "This is a FlexPDE script, not a spec",
    "a section of FlexPDE",
    "begin with `pde 1`; `COORDINATES` and `REGIONS` become `domain`, `VARIABLES` become `unknown`, "
    "`DEFINITIONS` become `param` and `let`, `EQUATIONS` become `in …:`, and `VALUE(u)=0` becomes "
    "`on …: u = 0`",
    (
        "‹TITLE› 'Heat'\nCOORDINATES cartesian2\nVARIABLES u\nEQUATIONS\n div(grad(u)) = 0\nEND",
        "{ a note }\n‹VARIABLES›\n u\nEND",
    ),
    is_whole_file=True,
)
PYTHON_FILE = Row(
    "E009",
    "This is a Python file, not a spec",
    "a statement of Python",
    "begin with `pde 1`, and state the problem with `domain`, `unknown`, `in`, `on` and `at`",
    (
        "‹import› numpy as np\nx = np.linspace(0, 1)",
        "‹from› math import pi",
        "‹def› f(x):\n    return x",
        '"""Heat."""\n\n‹import› deepxde as dde',
    ),
    is_whole_file=True,
)
NO_EDITION = Row(
    "E010",
    "A spec begins with `pde 1`",
    "`pde 1` belongs before this",
    "write `pde 1` as the first line: the edition of the language",
    ("‹param› a = 3", "‹›", '# only a comment\n‹problem› "heat"', "param a = 3\n‹pde 1›"),
    is_whole_file=True,
)
WRONG_EDITION = Row(
    "E010",
    "Edition {found} of the language is not known",
    "known is `1`",
    "write `pde 1`",
    ("pde ‹2›\nparam a = 3", "pde ‹1.0›"),
    is_whole_file=True,
)
BAD_EDITION = Row(
    "E010",
    "The edition is written `pde 1`",
    "`1` belongs here",
    "write `pde 1`",
    ("pde‹›", "pde ‹one›", 'pde ‹"1"›\nparam a = 3'),
    is_whole_file=True,
)
SECOND_EDITION = Row(
    "E010",
    "`pde 1` stands once, at the beginning",
    "a second edition",
    "take this line away",
    ("pde 1\nparam a = 3\n‹pde 1›",),
    is_whole_file=True,
)
OPEN_STRING = Row(
    "E011",
    "This text is never closed",
    'no `"` follows on this line',
    'write `"` where the text ends',
    ('problem ‹"Heat›', 'data d = csv(‹"a.csv, x = 2)›\nparam a = 3'),
)
STRAY_CHARACTER = Row(
    "E012",
    "`{found}` is not a sign of the language",
    "{label}",
    "{help}",
    (
        "in plate: ‹∂›u = 0",
        "let a = x‹²›",
        "let a = 2‹·›x",
        "let a = ‹'›b'",
        "let a = 2 ‹−› x",
        "let a = ‹$›x",
        "unknown ‹∇›u",
    ),
)
BAD_NUMBER = Row(
    "E016",
    "`{found}` is not a number",
    "more than one decimal point",
    "write one point, as in `1.23`, or `..` for a range",
    ("param a = ‹1.2.3›", "param a = ‹1.2.3.4›"),
)
