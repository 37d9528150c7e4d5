"""Complex values: parts against Python's complex numbers, words, and counts."""

import cmath

import numpy as np
import pytest
from stages import derive_text

from pdelang import pipeline
from pdelang.diagnostics.message import Level
from pdelang.pipeline import Stage, run_until
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import ComplexOf

HEAD = """domain field(x, y) = box(x = 0.3 .. 1.4, y = -1.2 .. 0.9)
unknown psi: complex
param Z = 2 - 3*i
let z = x + i*y
in field: lap(psi) = 0
on edge: psi = 0
"""
POINTS = np.random.default_rng(0).uniform([0.3, -1.2], [1.4, 0.9], (40, 2))

VALUES = {
    "z*Z - Z/z": lambda z: z * (2 - 3j) - (2 - 3j) / z,
    "-z + 2*z/x": lambda z: -z + 2 * z / z.real,
    "z^3 + z^(-2) + z^0": lambda z: z**3 + z**-2 + 1,
    "z^0.5*z^Z": lambda z: z**0.5 * z ** (2 - 3j),
    "z^20": lambda z: z**20,
    "2^z + i^3": lambda z: 2**z - 1j,
    "exp(z)*log(z)": lambda z: cmath.exp(z) * cmath.log(z),
    "sin(z) + i*cos(z)": lambda z: cmath.sin(z) + 1j * cmath.cos(z),
    "tan(z)": cmath.tan,
    "sinh(z)*cosh(Z*z)": lambda z: cmath.sinh(z) * cmath.cosh((2 - 3j) * z),
    "tanh(z)": cmath.tanh,
    "sqrt(z) + sqrt(-z)": lambda z: cmath.sqrt(z) + cmath.sqrt(-z),
    "abs(z) + i*arg(z)": lambda z: abs(z) + 1j * cmath.phase(z),
    "re(z) + im(z)*i*conj(z) + conj(x)": lambda z: z.real + z.imag * 1j * z.conjugate() + z.real,
    "(z, i).x + dot((z, i), (1, z))": lambda z: z + z + 1j * z,
    "norm((z, 2*i))*i": lambda z: 1j * cmath.sqrt(abs(z) ** 2 + 4),
    "if y < 0 then z else 1": lambda z: z if z.imag < 0 else 1,
}


def known_value(text):
    problem = run_until(Stage.PROBLEM, f"pde 1\n{HEAD}guess psi = {text}\n").problem
    assert problem is not None, text
    return problem.guesses[0].value


@pytest.mark.parametrize("text", VALUES, ids=str)
def test_parts_are_those_of_complex_arithmetic(text):
    value = known_value(text)
    assert isinstance(value, ComplexOf)
    re, im = (evaluate(part, POINTS, ("x", "y")) for part in (value.re, value.im))
    expected = np.array([VALUES[text](complex(x, y)) for x, y in POINTS])
    # A dozen roundings; the largest power has some more.
    np.testing.assert_allclose(re + 1j * im, expected, rtol=1e-12)


@pytest.mark.parametrize("text", ["i^2", "i*i*x", "abs(z)", "im(z*conj(z)/i)", "re(psi.im)"])
def test_what_has_no_imaginary_part_is_real(text):
    result = run_until(Stage.PROBLEM, f"pde 1\n{HEAD}let v = {text}\nrequire mean(v) = 1\n").problem
    assert result is not None
    assert not isinstance(result.requirements[0].left, ComplexOf)


def test_a_complex_equation_counts_twice_and_stays_linear():
    text = HEAD.replace("lap(psi)", "i*lap(psi) + Z*conj(psi) - re(psi)")
    system = derive_text(text)
    assert system.is_linear
    (term,) = (t for t in system.terms if t.label == "interior")
    assert [block.name for block in term.blocks] == ["interior.im", "interior.re"]
    assert system.fields == ("psi.re", "psi.im")


def test_modulus_makes_an_equation_nonlinear():
    assert not derive_text(HEAD.replace("lap(psi)", "lap(psi) + abs(psi)^2*psi")).is_linear


def test_a_wrong_part_is_found():
    wave = "exp(i*(0.6*x + 0.8*y))"
    right = HEAD.replace("lap(psi)", "lap(psi) + psi").replace(
        "edge: psi = 0", f"edge: psi = {wave}"
    )
    for exact, codes in ((wave, set()), (f"conj({wave})", {"E250"})):
        found = pipeline.check(f"pde 1\n{right}exact psi = {exact}\n").diagnostics
        assert {d.code for d in found if d.level is Level.ERROR} == codes


def test_parts_may_be_given_one_by_one():
    parts = HEAD.replace("on edge: psi = 0", "on edge: psi.re = x\non edge: im(psi) = y")
    whole = HEAD.replace("edge: psi = 0", "edge: psi = z")
    a, b = derive_text(parts), derive_text(whole)
    assert [(t.field, t.lift) for t in a.ansatz] == [(t.field, t.lift) for t in b.ansatz]
