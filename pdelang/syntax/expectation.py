"""What could stand at a place, in words."""

from __future__ import annotations

from pdelang.syntax.failure import Failure

FORMS: dict[str, str] = {
    "pde": "pde 1",
    "problem": 'problem "title"',
    "use": 'use "materials.pde"',
    "domain": "domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)",
    "time": "time t in 0 .. 10",
    "shape": "shape hole = disk(center = (0.5, 0.5), radius = 0.2)",
    "boundary": "boundary lid = plate.top",
    "periodic": "periodic left, right",
    "param": "param nu = 0.01 [m^2/s]",
    "let": "let f(s) = s^2",
    "unknown": "unknown u, v",
    "in": "in plate: dt(u) = lap(u)",
    "on": "on left, right: u = 0",
    "at": "at t = 0: u = 0",
    "data": 'data probes = csv("probes.csv", x = "x", T = "T")',
    "fit": "fit D = 1 within 0.1 .. 10",
    "vary": "vary Re in 100 .. 400",
    "guess": "guess u = sin(pi*x)",
    "require": "require mean(p) = 0",
    "exact": "exact u = sin(pi*x)",
    "compare": 'compare u = csv("reference.csv", x = "x", u = "u")',
    "sweep": "sweep nu in [0.1, 0.01]",
    "report": "report drag = integral(p, on = hole.edge)",
    "allow": 'allow W204: "the reason"',
    "solver": "solver { tolerance = 1e-4 }",
    "output": "output { grid = 201 }",
}
"""One right statement per statement word."""

_SIGNS = {
    "EQUAL": "`=`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "DOTDOT": "`..`",
    "IN_CLAUSE": "`in`",
    "AS": "`as`",
    "THEN": "`then`",
    "ELSE": "`else`",
    "WHERE": "`where`",
    "WITHIN": "`within`",
}


def describe_expected(failure: Failure) -> tuple[str, str]:
    """Return what is missing at the place, and advice with a right form of the statement."""
    form = FORMS.get(failure.word.value)
    advice = f"a right form is `{form}`" if form else "write an expression, such as `2*sin(pi*x)`"
    return _describe_types(failure.accepted), advice


def _describe_types(accepted: frozenset[str]) -> str:
    if "NUMBER" in accepted:
        return "a number" if "NAME" not in accepted else "a value"
    if "STRING" in accepted:
        return 'a text in `"…"`'
    if "NAME" in accepted:
        return "a name"
    signs = [sign for kind, sign in _SIGNS.items() if kind in accepted]
    return " or ".join(signs[:3]) if signs else "the rest"


def describe_name(word: str) -> str:
    """Return the use that a reserved word has, as advice to who took it for a name."""
    if word in ("in", "on"):
        return f"`{word}` begins a statement, or names an argument as in `integral(u, {word} = …)`"
    form = FORMS.get(word)
    use = (
        f"`{word}` begins a statement, as in `{form}`"
        if form
        else f"`{word}` belongs to the language"
    )
    return f"{use}; a name such as `{word}_1` is free"
