"""Manufactured solutions: problems like the given one whose solution is known."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sympy

import pdelang
from pdelang.calculus.derivation import derive
from pdelang.calculus.exact import check_exact
from pdelang.calculus.extent import Extent
from pdelang.calculus.functionals import derive_requirements
from pdelang.calculus.manufactured import (
    NotManufacturableError,
    manufacture,
    shift_functional,
)
from pdelang.calculus.rates import find_rates
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import System
from pdelang.training.verification import Verification
from tests.cli_samples import HEAT, run_cli, write_spec
from tests.stages import derive_text

SPECS = {
    "nonlinear": """
domain line(x) = interval(-1, 1)
time t in 0 .. 1
unknown u
in line: dt(u) + u*dx(u) = 0.1*dxx(u)
on left: u = 0
on right: dn(u) + 2*u^3 = 1
at t = 0: u = -sin(pi*x)
""",
    "vector": """
domain box2(x, y) = box(x = 0 .. 1, y = 0 .. 2)
unknown w: vector
unknown p
in box2 as momentum: adv(w, w) + grad(p) = lap(w)/10
in box2 as mass: div(w) = 0
on edge: w = (0, 0)
require mean(p) = 0
""",
    "curved": """
domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1) - disk(center = (0, 0), radius = 0.3)
unknown u
in plate: div((1 + x^2)*grad(u)) = exp(u)
on plate.edge: dn(u) + x*u = 0
at (0.8, 0.8): u = 1
""",
    "periodic": """
domain ring(x) = interval(0, 2*pi)
time t in 0 .. 1
unknown u
periodic left, right
in ring: dtt(u) = dxx(u)
at t = 0: u = sin(x)
at t = 0: dt(u) = 0
""",
}


def manufacture_text(text: str) -> System:
    system, diagnostics = derive(manufacture(derive_text(text)))
    assert system is not None
    assert not diagnostics
    return system


def take_fields(system: System) -> dict[str, sympy.Expr]:
    assert system.exact is not None
    return dict(system.exact.fields)


def take_blocks(system: System) -> list:
    return [*(b for term in system.terms for b in term.blocks), *system.hard]


SPECS["regions"] = """
domain slab(x, y) = box(x = 0 .. 2, y = 0 .. 1)
shape iron = box(x = 0 .. 1, y = 0 .. 1)
shape wood = slab - iron
boundary seam = interface(iron, wood)
unknown T
in iron: 3*lap(T) = 0
in wood: lap(T) = 0
on seam: jump(T) = 0
on seam: side(dn(T), wood) = 3*side(dn(T), iron)
on edge: T = 1
"""
SPECS["pole"] = """
domain drum(r, theta): polar = box(r = 0 .. 2, theta = 0 .. 2*pi)
unknown u
in drum: lap(u) + u^2 = r
on right: dn(u) + u = 0
"""
SPECS["axis"] = """
domain ball(r, theta): spherical = box(r = 0 .. 1, theta = 0 .. pi)
time t in 0 .. 1
unknown u
in ball: dt(u) = lap(u)
on right: u = cos(theta)
at t = 0: u = 0
"""
SPECS["family"] = """
domain rod(x) = interval(0, 1)
time t in 0 .. 0.5
vary D in 0.1 .. 1
unknown u
in rod: dt(u) = D*dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
"""


@pytest.mark.parametrize("name", SPECS)
def test_the_manufactured_fields_solve_everything_and_only_sources_change(name: str) -> None:
    given = derive_text(SPECS[name])
    made = manufacture_text(SPECS[name])
    fields = take_fields(made)
    assert set(fields) == set(made.fields)
    assert made.is_linear == given.is_linear
    symbols = Symbols.of(made.problem)
    for jet, _ in made.jet_symbols:
        symbols.symbol(jet)
    extent = Extent.of(made.problem, symbols)
    labelled = [(b.name, None, b) for b in take_blocks(made)]
    unshifted = replace(made.problem, manufactured=())
    requirements = [
        (label, shift_functional(f, fields, symbols))
        for label, f in derive_requirements(unshifted, symbols)
    ]
    # The check of `exact` differentiates and compares by itself, at points of its own.
    _, faults = check_exact(unshifted, labelled, requirements, fields, extent, symbols)  # type: ignore[arg-type]
    assert not faults
    before = {b.name: b for b in take_blocks(given)}
    for block in take_blocks(made):
        change = sympy.expand(block.residual.expression - before[block.name].residual.expression)
        # One smooth field in all regions does not jump, so that condition needs none.
        is_jump = name == "regions" and "seam" in block.name
        assert change != 0 or is_jump, "a source was added"
        assert not symbols.jets_of(sympy.S(change)), "nothing but a source was added"


def test_the_source_is_the_operator_at_the_field() -> None:
    made = manufacture_text(
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) + 3*u = x\non edge: u = 0\n"
    )
    (x,) = made.coordinates
    field = take_fields(made)["u"]
    (block,) = made.terms[0].blocks
    values = {symbol: sympy.Integer(0) for _, symbol in made.jet_symbols}
    source = block.residual.expression.xreplace(values)
    assert sympy.simplify(source + sympy.diff(field, x, 2) + 3 * field) == 0


def test_the_field_is_positive_smooth_periodic_and_follows_the_seed() -> None:
    made = manufacture_text(SPECS["periodic"])
    x, t = made.coordinates
    field = take_fields(made)["u"]
    assert sympy.simplify(field.subs(x, 0) - field.subs(x, 2 * sympy.pi)) == 0
    values = sympy.lambdify((x, t), field)(*np.random.default_rng(0).uniform(0, 1, (2, 500)))
    assert 0.3 < values.min() < values.max() < 1.7
    assert take_fields(manufacture_text(SPECS["periodic"]))["u"] == field
    other = SPECS["periodic"] + "solver { seed = 1 }\n"
    assert take_fields(manufacture_text(other))["u"] != field


def test_rates_follow_data_and_coefficients() -> None:
    data = (
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = sin(9*x)\non edge: u = 0\n"
    )
    assert find_rates(derive_text(data))[0] == pytest.approx(9 / 2, rel=0.02)
    wave = (
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) + 64*u = 1\non edge: u = 0\n"
    )
    assert find_rates(derive_text(wave))[0] == pytest.approx(8 / 2)


def test_what_admits_none_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEAT.replace("on left, right as ends: u = 0", "on left: u = 0").replace(
        "report middle", "on right: dn(u) = 0\nrequire mean(u)^2 = 1\nreport middle"
    )
    text = "\n".join(line for line in text.split("\n") if not line.startswith("exact")) + "\n"
    with pytest.raises(NotManufacturableError, match="not linear in its integrals"):
        manufacture(derive_text(text.removeprefix("pde 1\n")))
    assert run_cli(["verify", write_spec(tmp_path, text)]) == 2
    error = capsys.readouterr().err
    assert "no manufactured solution can be made" in error
    assert "not linear in its integrals" in error


def test_the_command_reports_the_true_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path)
    assert run_cli(["verify", spec, "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "your numerics are good to" in out
    assert list(tmp_path.iterdir()) == [spec], "nothing is written"
    code = run_cli(["verify", spec, "--format", "json", "--set", "network=features(count = 9)"])
    record = json.loads(capsys.readouterr().out)
    assert code == 1
    assert record["verified"] is False
    assert record["error"]["u"] > record["tolerance"]

    found = pdelang.compile(str(spec)).verify(tolerance=1e-3)
    assert found.is_good
    assert 0 < found.error["u"] < 1e-3


def test_an_estimate_that_is_too_small_is_not_passed_over() -> None:
    found = Verification(
        "", {}, "solved", "m", 1e-4, 1.0, {"u": 1e-7, "v": 1e-6}, {"u": 2e-6, "v": 9e-6}, ()
    )
    assert found.understated == ("u",)
    assert not found.is_good
