"""Units: read as `pint` reads whole expressions, checked, inferred and converted."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pint
import pytest
from semantic_specs import build_problem, examine_text, find_codes
from stages import derive_text

import pdelang
from pdelang import pipeline
from pdelang.diagnostics.message import Level
from pdelang.diagnostics.span import Source
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.dimension import NUMBER, Dimension, Unification
from pdelang.semantics.faults import Faults
from pdelang.semantics.unit_names import read_unit
from pdelang.syntax import tree
from pdelang.syntax.parser import parse

SPECS = Path(__file__).resolve().parent.parent / "specs"


def read(text: str) -> Conversion:
    """Return what the unit ``[text]`` means."""
    spec, faults = parse(Source("<unit>", f"pde 1\nparam a = 1 [{text}]"))
    assert not faults
    statement = spec.statements[1]
    assert isinstance(statement, tree.Param)
    assert statement.unit is not None
    found = read_unit(statement.unit, Faults())
    assert found is not None
    return found


@pytest.fixture(scope="module")
def registry() -> pint.UnitRegistry:
    return pint.UnitRegistry()


@pytest.mark.parametrize(
    "text",
    [
        *("m", "mm", "kPa", "min", "km/h", "W/(m^2 K)", "m^2/s", "mol/(L s)", "g cm^-3", "deg"),
        *("N m/rad", "eV", "kW/(m K)", "V/m", "uF", "mL/min", "m^(1/2)", "rad", "percent", "1"),
    ],
)
def test_a_unit_means_what_pint_makes_of_the_whole(text, registry):
    expected = registry.Quantity(
        1, registry.parse_expression(text.replace(" ", "*"))
    ).to_base_units()
    found = read(text)
    assert float(found.factor) == pytest.approx(expected.magnitude, rel=1e-12)
    powers = {k: Fraction(v).limit_denominator(100) for k, v in expected.dimensionality.items()}
    assert dict(found.dimension.powers) == powers
    assert found.offset == 0


@pytest.mark.parametrize(
    ("text", "value", "kelvin"), [("degC", 20, 293.15), ("degC", 0, 273.15), ("degF", 212, 373.15)]
)
def test_a_temperature_scale_has_a_zero_of_its_own(text, value, kelvin):
    scale = read(text)
    assert float(scale.factor) * value + float(scale.offset) == pytest.approx(kelvin, rel=1e-12)
    # In a product a degree is a difference.
    assert read(f"W/(m^2 {text})").offset == 0


def test_unification_solves_for_rational_powers():
    """From x² y = m⁴/s and x/y = m²·s follow x = m² and y = 1/s."""
    length = Dimension.of([("[length]", Fraction(1))])
    time = Dimension.of([("[time]", Fraction(1))])
    known = Unification()
    x, y = known.variable(), known.variable()
    assert known.unify(x.to(Fraction(2)).times(y), length.to(Fraction(4)).over(time))
    assert known.unify(x.over(y), length.to(Fraction(2)).times(time))
    assert known.resolve(x) == length.to(Fraction(2))
    assert known.resolve(y) == NUMBER.over(time)
    assert not known.unify(x, time)
    assert str(known.resolve(x.times(y))) == "m^2/s"


def heat(*changes: tuple[str, str]) -> str:
    text = (
        "pde 1\ndomain rod(x [mm]) = interval(0, L)\ntime t [min] in 0 .. 5\n"
        "param L = 10 [cm]\nparam D = 10 [mm^2/s]\nparam T0 = 20 [degC]\nunknown T [degC]\n"
        "in rod: dt(T) = D*dxx(T)\non left, right: T = T0\nat t = 0: T = T0\n"
        "report far = value(T, (L/2), t = 5) [degC]\n"
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "change",
    [
        (),
        (("D*dxx(T)", "dx(D*dx(T))"),),
        (("D*dxx(T)", "div(D*grad(T))"),),
        (("D*dxx(T)", "D*lap(T) + D*(T0 - T)/L^2"),),
        (("D*dxx(T)", "D*lap(T) + 0*x"),),
        (("on left, right: T = T0", "on left, right: dn(T) = 0"),),
        (("on left, right: T = T0", "on left, right: dn(T) = (T0 - T)/L"),),
        (("at t = 0: T = T0", "at t = 0: T = T0*(1 + sin(pi*x/L)^2)"),),
        (("[degC]\nin", "\nin"),),
        (("(x [mm])", "(x)"),),
        (("D = 10 [mm^2/s]", "D = L^2/(1000*tau) [mm^2/s]\nparam tau = 1 [s]"),),
    ],
)
def test_sound_units_are_accepted(change):
    assert find_codes(heat(*change)) == []


@pytest.mark.parametrize(
    "change",
    [
        (("dt(T) =", "T ="),),
        (("D*dxx(T)", "D*dx(T)"),),
        (("D*dxx(T)", "D*dxx(T)/L"),),
        (("T = T0\nat", "T = 20\nat"),),
        (("at t = 0: T = T0", "at t = 0: T = T0*exp(-x)"),),
        (("[mm^2/s]", "[kg]"),),
        (("value(T, (L/2), t = 5) [degC]", "mean(dx(T)) [degC]"),),
        (("value(T, (L/2), t = 5)", "value(T, (D), t = 5)"),),
        (("in 0 .. 5", "in 0 .. L"),),
        (("on left, right: T = T0", "on left, right: T + T0*L = 0"),),
        (("D*dxx(T)", "D*dxx(T)*(if T > L then 1 else 2)"),),
        (("D*dxx(T)", "D*max(dxx(T), T)"),),
    ],
)
def test_faulty_units_are_refused_once(change):
    assert find_codes(heat(*change)) == ["E120"]


def test_one_wrong_unit_is_told_where_two_places_disagree():
    (fault,) = examine_text(heat(("D*dxx(T)", "D*dx(T)"))).diagnostics
    assert "K/s" in fault.message
    assert fault.span is not None
    assert fault.span.text == "D*dx(T)"
    assert [r.span.text for r in fault.related] == ["dt(T)"]


def test_what_is_not_declared_is_inferred():
    text = (
        "pde 1\ndomain plate(x [m], y) = box(x = 0 .. 1, y = 0 .. 1)\n"
        "param rho = 1 [kg/m^3]\nparam mu = 1 [Pa s]\nparam U = 1 [m/s]\nunknown w: vector\nunknown p\n"
        "in plate: rho*adv(w, w) + grad(p) = mu*lap(w)\nin plate: div(w) = 0\n"
        "on left, right, bottom: w = (0, 0)\non top: w = (U*sin(pi*x/L)^2, 0)\nparam L = 1 [m]\n"
        "require mean(p) = 0\nreport high = max(p)"
    )
    assert find_codes(text) == []
    assert find_codes(text + " [kPa]") == []
    assert find_codes(text + " [m/s]") == ["E120"]
    assert dict(build_problem(text).units)["high"] == "Pa"


@pytest.mark.parametrize(
    ("report", "unit"),
    [
        ("value(T, (L/2))", "degC"),
        ("mean(T)", "degC"),
        ("max(T, t = 1)", "degC"),
        ("max(T) - min(T)", "K"),
        ("integral(T)", "m K"),
        ("value(dx(T), (L/2))", "K/m"),
    ],
)
def test_the_unit_of_a_report_is_that_of_the_unknown_it_is_a_value_of(report, unit):
    problem = build_problem(heat(("value(T, (L/2), t = 5) [degC]", report)))
    assert dict(problem.units)["far"] == unit
    (found,) = problem.reports
    assert (found.conversion is not None) == (unit == "degC")


def test_a_fit_is_reported_in_its_unit():
    text = heat(("param D = 10 [mm^2/s]", "fit D = 10 [mm^2/s] within 1 .. 100")) + (
        "on left as cauchy: dn(T) = 0*dn(T)\nreport found = D\nreport twice = 3*D + D\n"
    )
    problem = examine_text(text).problem
    assert problem is not None
    units = dict(problem.units)
    assert units["found"] == "mm^2/s"
    assert units["twice"] == "m^2/s"


def test_numbers_are_in_the_units_of_their_names():
    problem = build_problem(heat())
    assert problem.domain.box.high == (100.0,)  # 10 cm in mm
    assert problem.time is not None
    assert problem.time.bounds.high_value == 5.0
    assert dict(problem.parameters) == pytest.approx({"L": 10.0, "D": 10.0, "T0": 20.0})
    assert problem.label("T") == "T [degC]"


@pytest.mark.parametrize(("unit", "has_ratio"), [("dB", True), ("decade", False)])
def test_decibels_are_refused_with_the_ratios_that_they_may_mean(unit, has_ratio):
    result = pipeline.check(f"pde 1\nparam a = 3 [{unit}]\n")
    (fault,) = (d for d in result.diagnostics if d.code == "E190")
    assert ("10^(3/10)" in (fault.help or "")) is has_ratio


def test_equations_hold_in_base_units():
    """Per minute and per square millimetre: dt(T)/60 = 1e-5 · 1e6 · dxx(T)."""
    system = derive_text(heat().removeprefix("pde 1\n"))
    (block,) = (b for term in system.terms for b in term.blocks)
    slopes = dict(zip(block.residual.jets, block.residual.derivatives, strict=True))
    by_order = {jet.orders: float(slope) for jet, slope in slopes.items()}
    assert by_order[0, 1] == pytest.approx(1 / 60)
    assert by_order[2, 0] == pytest.approx(-1e-5 * 1e6)


def test_a_spec_without_units_does_not_wait_for_pint():
    code = (
        "import sys, pdelang.pipeline as p\n"
        f"assert not p.check({str(SPECS / 'heat_1d.pde')!r}).has_errors\n"
        "sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_rod_in_everyday_units():
    """Against Fourier's solution written out in SI units."""
    solution = pdelang.compile(SPECS / "rod_units.pde").solve()
    length, diffusivity, end = 0.1, 1e-5, 600.0
    decay = np.exp(-diffusivity * (np.pi / length) ** 2 * end)
    assert solution.reports["middle"] == pytest.approx(50.0 + 10.0 * decay, abs=1e-3)
    slope = 60.0 / length - 10.0 * np.pi / length * decay
    assert solution.reports["flux"] == pytest.approx(-0.2 * slope, rel=1e-3)  # kW/m²
    # Quarter of the rod, after three minutes; in millimetres and minutes.
    warm = 35.0 + 10.0 * np.exp(-diffusivity * (np.pi / length) ** 2 * 180.0) * np.sin(np.pi / 4)
    assert float(solution["T"](x=25.0, t=3.0)) == pytest.approx(warm, abs=1e-2)
    assert solution.error["T"] < 1e-4


def test_a_complex_family_and_a_table_hold_in_base_units(tmp_path):
    """Their `exact` solutions, written in physical units, satisfy the converted equations."""
    (tmp_path / "k.csv").write_text(
        "x,k\n" + "".join(f"{100 * j},{1 + 0.2 * j}\n" for j in range(11))
    )
    texts = {
        "family": "domain line(x [mm]) = interval(0, 1000)\nvary f in 1 .. 3 [kHz]\n"
        "param c = 300 [m/s]\nparam A = 2 + i [kPa]\nlet k = 2*pi*f/c\nunknown p: complex [Pa]\n"
        "in line: dxx(p) + k^2*p = 0\non left: p = A\non right: dx(p) = i*k*p\nexact p = A*exp(i*k*x)\n",
        "table": "domain rod(x [mm]) = interval(0, 1000)\n"
        'let k = interp(csv("k.csv", x = "x", k = "k")) [kW/(m K)]\n'
        "param L = 1 [m]\nparam T0 = 10 [K]\nunknown T [mK]\nin rod: dx(k*dx(T)) = 0\n"
        "on left: T = 0\non right: T = T0\nexact T = T0*log(1 + 2*x/L)/log(3)\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.pde").write_text("pde 1\n" + text)
        result = pipeline.check(tmp_path / f"{name}.pde")
        assert [d for d in result.diagnostics if d.level is not Level.INFO] == []
        # The same with a value that is wrong by the factor of a unit.
        wrong = text.replace("exact p = A", "exact p = 1000*A").replace(
            "exact T = T0", "exact T = 1000*T0"
        )
        (tmp_path / f"{name}.pde").write_text("pde 1\n" + wrong)
        assert "E250" in {d.code for d in pipeline.check(tmp_path / f"{name}.pde").diagnostics}


def test_values_elsewhere_hold_in_everyday_units():
    """Coordinates in centimetres and minutes: places and ends of integrals are lengths and times."""
    text = """pde 1
domain rod(x [cm]) = interval(0, 100)
time t [min] in 0 .. 1
param L = 1 [m]
param tau = 60 [s]
param slope = 1 [K/m]
unknown u [K]
in rod: dt(u) = -u(x = L - x)/tau
at t = 0: u = slope*x
exact u = slope*((x - L/2)*exp(t/tau) + L/2*exp(-t/tau))
report along = integral(u(x = s)*mean(u), s = 0 .. L/2)
report part = integral(u, x = 0 .. L/2)
report middle = integral(u(t = s, x = L/2), s = 0 .. tau)
"""
    solution = pdelang.compile(text).solve()
    assert solution.error["u"] < 1e-8
    half = 0.25 * np.exp(-1) - 0.125 * np.e
    assert solution.reports["part"] == pytest.approx(half, rel=1e-8)
    assert solution.reports["along"] == pytest.approx(half * 0.5 * np.exp(-1), rel=1e-8)
    assert solution.reports["middle"] == pytest.approx(30 * (1 - np.exp(-1)), rel=1e-8)
    told = pdelang.check(text.replace("x = L - x", "x = tau"))
    assert "E120" in {d.code for d in told}


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("kg m/s^3", "W/m"),
        ("kg/(m s)", "Pa s"),
        ("kg/(s^3 K)", "W/(m^2 K)"),
        ("kg/s^2", "N/m"),
        ("m/s^2", "m/s^2"),
        ("kg/m^3", "kg/m^3"),
        ("J/kg", "m^2/s^2"),
    ],
)
def test_named_units_stand_where_they_are_shorter(unit: str, shown: str):
    problem = build_problem(
        "pde 1\ndomain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = 0\non left, right: u = 0\n"
        f"param a = 2 [{unit}]\nreport c = 2*a\n"
    )
    assert dict(problem.units)["c"] == shown
