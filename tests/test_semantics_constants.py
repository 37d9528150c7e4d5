"""Constants are exact while small, floats when large, and refused when they have no value."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from pdelang.semantics.arithmetic import UndefinedConstantError, apply_constant, read_literal
from tests.semantic_specs import build_problem, find_codes, poisson


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("2.", Fraction(2)),
        (".5", Fraction(1, 2)),
    ],
)
def test_short_literals_are_exact(text: str, value: Fraction) -> None:
    assert read_literal(text) == value
    assert isinstance(read_literal(text), Fraction)


def test_long_or_large_literals_are_floats() -> None:
    assert read_literal("1e200") == 1e200
    assert read_literal("0." + "1" * 5000) == pytest.approx(1 / 9, rel=1e-15)


@pytest.mark.parametrize("text", ["1e999", "1e999999999999", "1e-999", "9" * 4000])
def test_literals_out_of_range_are_refused_at_once(text: str) -> None:
    with pytest.raises(UndefinedConstantError):
        read_literal(text)


def test_arithmetic_stays_exact_while_small() -> None:
    third = apply_constant("/", (Fraction(1), Fraction(3)))
    assert apply_constant("*", (third, Fraction(3))) == 1
    assert apply_constant("^", (Fraction(2), Fraction(10))) == 1024
    assert apply_constant("^", (Fraction(2), Fraction(-2))) == Fraction(1, 4)
    assert apply_constant("sqrt", (Fraction(9, 4),)) == Fraction(3, 2)


@pytest.mark.parametrize(
    ("function", "arguments", "value"),
    [
        ("^", (Fraction(2), Fraction(900)), 2.0**900),
        ("^", (Fraction(-8), Fraction(3)), -512.0),
        ("^", (Fraction(0), Fraction(0)), 1.0),
        ("exp", (Fraction(1),), math.e),
        ("atan2", (Fraction(1), Fraction(-1)), 3 * math.pi / 4),
        ("heaviside", (Fraction(0),), 0.5),
        ("sign", (Fraction(-3),), -1.0),
        ("min", (Fraction(3), Fraction(2), 2.5), 2.0),
    ],
)
def test_functions_of_constants(function: str, arguments: tuple, value: float) -> None:
    assert float(apply_constant(function, arguments)) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("^", (Fraction(9), Fraction(10) ** 9)),
        ("^", (Fraction(9), -(Fraction(10) ** 9))),
        ("^", (Fraction(0), Fraction(-1))),
        ("^", (Fraction(-1), Fraction(1, 2))),
        ("/", (Fraction(1), Fraction(0))),
        ("log", (Fraction(0),)),
        ("sqrt", (Fraction(-1),)),
        ("asin", (Fraction(2),)),
        ("exp", (Fraction(1000),)),
        ("*", (1e300, 1e300)),
    ],
)
def test_undefined_constants_are_refused(function: str, arguments: tuple) -> None:
    with pytest.raises(UndefinedConstantError):
        apply_constant(function, arguments)


def test_a_constant_without_value_is_told_once_however_often_it_is_used() -> None:
    text = poisson("param k = 1/0", "report a = k*mean(u)", "report b = 2*k")
    assert find_codes(text) == ["E020"]


def test_a_division_by_a_constant_zero_is_undefined_in_any_expression() -> None:
    assert find_codes(poisson("exact u = x/(1 - 1)")) == ["E020"]


def test_parameters_are_folded() -> None:
    problem = build_problem(poisson("param a = 2*pi", "param b = a^2", "report r = b*mean(u)"))
    assert dict(problem.parameters)["b"] == pytest.approx(4 * math.pi**2, rel=1e-15)


def test_long_sums_and_products_are_accepted() -> None:
    # 1000 terms: deep as written, shallow as bracketed.
    total = " + ".join(f"{k}*x^2" for k in range(1, 1001))
    assert find_codes(poisson(f"guess u = {total}")) == []
    assert find_codes(poisson(f"guess u = {'*'.join(['x'] * 1000)}")) == []


def test_bracketing_a_long_chain_keeps_its_value() -> None:
    import numpy as np

    from pdelang.semantics.evaluate import evaluate

    text = "1" + "".join(f" {'+-'[k % 2]} {k}*x/{k + 1}*2/x" for k in range(1, 60))
    text += "*" + "/".join(str(k) for k in range(1, 30))
    problem = build_problem(poisson(f"guess u = {text}"))
    points = np.array([[0.3], [0.7]])
    expected = [eval(text.replace("x", str(x))) for x in (0.3, 0.7)]
    assert evaluate(problem.guesses[0].value, points, ("x",)) == pytest.approx(expected, rel=1e-13)
