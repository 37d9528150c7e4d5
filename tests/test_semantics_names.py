"""Names: declarations, places, ranks, derivative words."""

from __future__ import annotations

import pytest

from pdelang.semantics.derivative_words import read_derivative_word
from pdelang.semantics.expression import Apply, Derivative
from tests.semantic_specs import build_problem, examine_text, find_codes, line_problem, poisson


@pytest.mark.parametrize(
    ("word", "coordinates", "readings"),
    [
        ("dx", ("x", "t"), (("x",),)),
        ("dtxx", ("x", "t"), (("t", "x", "x"),)),
        ("dthetar", ("r", "theta"), (("r", "theta"),)),
        ("dab", ("a", "b", "ab"), (("a", "b"), ("ab",))),
        ("dxy", ("x",), ()),
        ("d", ("x",), ()),
        ("density", ("x",), ()),
    ],
)
def test_derivative_words(word: str, coordinates: tuple, readings: tuple) -> None:
    assert read_derivative_word(word, coordinates) == readings


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("report a = mean(v)", "E101"),
        ('report a = __import__("os")', "E101"),
        ("let f(s) = s + missing", "E101"),
        ("report a = sinn(1)*mean(u)", "E101"),
        ("report a = integral(u, on = lefft)", "E101"),
        ("report a = integral(u, in = left)", "E101"),
        ("guess w.x = 1", "E101"),
        ("param u = 1", "E102"),
        ("let dx = x", "E102"),
        ("let f(s, s) = s", "E102"),
        ("problem \"a\"\nproblem \"b\"", "E102"),
        ("report a = mean(u)\nreport a = mean(u)", "E102"),
        ("boundary a = rest\nboundary b = rest", "E102"),
        ("let q = q + 1", "E104"),
        ("boundary a = b\nboundary b = a", "E104"),
        ("report a = mean(u(x))", "E105"),
        ("report a = sin()", "E105"),
        ("report a = sin", "E105"),
        ("report a = value(u)", "E105"),
        ("report a = mean(u, by = 3)", "E105"),
        ("report a = mean(d(u, u))", "E105"),
        ("param k = 2\nreport a = k(3)", "E105"),
        ("let f(s) = s\nreport a = f", "E105"),
        ("compare u = x", "E105"),
        ("param k = x", "E107"),
        ("param k = u", "E107"),
        ("guess u = u", "E107"),
        ("report a = x", "E107"),
        ("boundary a = left where u > 0", "E107"),
        ("report a = mean(n.x)", "E107"),
        ("report a = mean(dn(u))", "E107"),
        ("require 1 = 1", "E107"),
        ("report a = mean(grad(u))", "E110"),
        ("report a = mean(u.x)", "E110"),
        ("report a = mean(u > 0)", "E110"),
        ("boundary a = left where x", "E110"),
        ("report a = value(u, (0, 1))", "E110"),
        ("guess u = [1, 2]", "E110"),
        ("report a = 1 & 2", "E110"),
        ("report a = mean(if x then 1 else 2)", "E110"),
        ("report a = value(u, 2)", "E202"),
        ("report a = value(u, 0, t = 1)", "E212"),
        ("at t = 0: u = 0", "E212"),
        ("report a = integral(u, s = 0 .. 1)", "E107"),
        ("report a = mean(besselj(x, 0.5))", "E105"),
        ("report a = mean(re(u))", "E101"),
        ("report a = mean(i*u)", "E101"),
        ("in half: u = 1\nshape half = interval(0, 0.5)", "E220"),
            ("shape hole = disk(radius = 1)", "E105"),
        ("boundary weld = interface(line, line)", "E105"),
        ("param k = 1 [m]\nreport a = sin(k)*mean(u)", "E120"),
        ("periodic left, left", "E105"),
    ],
)  # fmt: skip
def test_one_fault_gives_one_message(statement: str, code: str) -> None:
    errors = [c for c in find_codes(poisson(statement)) if c.startswith("E")]
    assert errors == [code]


@pytest.mark.parametrize(
    "statement",
    [
        "report a = max(u) - min(u)",
        "report a = integral(max(u, 0))",
        "report a = integral(u*n.x, on = right)",
        "report sin = mean(sin(u))",
        "param left = 2\nreport a = left*mean(u)",
        "boundary left = left\nreport a = integral(u, on = left)",
        "let f(x) = x^2\nguess u = f(3*x)",
        "let a = b + 1\nlet b = x\nguess u = a",
        "param box = 1\nreport box = box*mean(u)",
        "guess u = if x < 0.5 and not x < 0.2 then x else 1 - x",
        "boundary half = edge where x < 0.5\nreport a = integral(u, on = half)",
        "report a = integral(u, on = line.left) + integral(u, on = low(x)) + integral(u, in = line)",
        "report a = mean(d(u, x, 2) + d(u, x, x))",
        "report a = mean(dot(grad(u), grad(u)))",
    ],
)
def test_near_misses_are_accepted(statement: str) -> None:
    assert find_codes(poisson(statement)) == []


def test_what_depends_on_an_unknown_name_is_silent() -> None:
    text = line_problem(
        "let a = missing", "let b = a + 1", "in line: dxx(u) = b", "on left, right: u = b"
    )
    assert find_codes(text) == ["E101"]


def test_a_misspelt_name_does_not_leave_the_right_one_unused() -> None:
    text = poisson("param kappa = 1", "report a = kapa*mean(u)")
    analysis = examine_text(text)
    assert [d.code for d in analysis.diagnostics] == ["E101"]
    assert analysis.diagnostics[0].help == "did you mean `kappa`?"


def test_a_vector_side_that_is_zero_gets_the_zero_vector_as_help() -> None:
    text = "\n".join(
        [
            "pde 1",
            "domain cube(x, y, z) = box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1)",
            "unknown w: vector",
            "in cube: lap(w) = 0",
            "on edge: w = (0, 0, 0)",
        ]
    )
    (fault,) = examine_text(text).diagnostics
    assert fault.code == "E110"
    assert fault.help == "write `(0, 0, 0)` for the zero vector"


def test_definitions_are_shared_not_copied() -> None:
    problem = build_problem(poisson("let a = sin(x)", "guess u = a*a"))
    value = problem.guesses[0].value
    assert isinstance(value, Apply)
    assert value.arguments[0] is value.arguments[1]


def test_formals_are_replaced_by_the_actual_arguments() -> None:
    problem = build_problem(poisson("let slope(s) = dx(s)", "guess u = slope(x^2)"))
    value = problem.guesses[0].value
    assert isinstance(value, Derivative)
    assert value.coordinates == ("x",)
    assert isinstance(value.operand, Apply)
    assert value.operand.function == "^"


def test_definitions_that_double_at_every_step_stay_small_until_they_are_written_out() -> None:
    doubling = ["let a0 = x", *(f"let a{k} = a{k - 1} + a{k - 1}" for k in range(1, 60))]
    # 2^12 terms are accepted, 2^59 are refused, both at once.
    assert find_codes(poisson(*doubling[:13], "guess u = a12")) == []
    codes = find_codes(poisson(*doubling, "guess u = a59"))
    assert set(codes) == {"E020"}


def test_functions_of_functions_cannot_exhaust_the_analysis() -> None:
    text = poisson(
        *(
            "let f0(s) = s + s",
            *(f"let f{k}(s) = f{k - 1}(s + 1) + f{k - 1}(s + 2)" for k in range(1, 40)),
        ),
        "guess u = f39(x)",
    )
    assert find_codes(text) == ["E020"]


def test_unused_declarations_of_used_files_are_not_told(tmp_path) -> None:
    (tmp_path / "constants.pde").write_text("pde 1\nparam a = 1\nparam b = 2\n")
    text = poisson('use "constants.pde"', "report r = a*mean(u)")
    assert find_codes(text, tmp_path) == []


@pytest.mark.parametrize(
    ("call", "help"),
    [
        ("acosh(2*x + 1)", "write `log((2*x + 1) + sqrt((2*x + 1)^2 - 1))`"),
        ("sec(3*x)", "write `1/cos(3*x)`"),
        ("arcsinh(x)", "write `log(x + sqrt(x^2 + 1))`"),
        ("pow(x + 1, 2)", "write `(x + 1)^2`"),
        ("ln(x + 1)", "it is called `log` here: `log(x + 1)`"),
        ("j0(x)", "it is called `besselj` here: `besselj(0, x)`"),
        ("laplacian(u)", "it is called `lap` here: `lap(u)`"),
        ("pow(x)", None),
        ("sen(x)", "did you mean `sin`?"),
    ],
)
def test_functions_of_other_languages_are_helped_by_their_formula(
    call: str, help: str | None
) -> None:
    faults = examine_text(poisson(f"report a = mean({call})")).diagnostics
    assert [found.code for found in faults] == ["E101"]
    assert faults[0].help == help
