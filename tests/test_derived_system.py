"""Order of statements, names of symbols and the splitting of conditions never change what is derived.

What is compared is the system of residuals, from which every method starts: no problem is solved.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sympy

from pdelang.calculus.derivation import derive
from pdelang.calculus.printing import format_system
from pdelang.calculus.system import AtData, Block, Functional, System
from pdelang.diagnostics.message import has_errors
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import analyse
from pdelang.syntax.parser import parse

FOLDER = Path(__file__).parent / "cases" / "good"

# One statement a line. Derivatives name their coordinates, so that these can be renamed.
SPECS = {
    "units": """
domain rod(x [mm]) = interval(0, L)
time t [min] in 0 .. 10
param L = 10 [cm]
param D = 10 [mm^2/s]
param cold = 20 [degC]
param bump = 10 [K]
unknown T [degC]
in rod as heat: d(T, t) = D*d(T, x, 2)
on left, right as ends: T = cold
at t = 0 as start: T = cold + bump*sin(pi*x/L)
report middle = value(T, L/2) [degC]
""",
    "regions": """
shape core = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape shell = cell - core
boundary bond = interface(core, shell)
boundary walls = rest
param k = 10
unknown T
unknown w: vector in shell
in core as inner: div(k*grad(T)) = 1
in shell as outer: lap(T) = 0
in shell as flow: lap(w) = grad(T)
on bond as joined: jump(T) = 0
on bond as flux: k*side(dn(T), core) = side(dn(T), shell)
on walls, bond as still: w = (0, 0)
on walls as cold: T = x*y
""",
    "fit": """
domain rod(x) = interval(0, 1)
time t in 0 .. 1
data probes = csv("fit_probes.csv", x = "x_m", t = "time_s", u = "rise_K")
fit D = 1 within 0.1 .. 10
fit s(x) = 1 within 0.1 .. 10
unknown u
in rod as heat: d(u, t) = D*d(u, x, 2) + s
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)
at probes as readings: u = probes.u
report found = D
""",
    "family": """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
vary Re in 1 .. 10
unknown w: vector
unknown p
in square as momentum: adv(w, w) + grad(p) = lap(w)/Re
in square as mass: div(w) = 0
on top, bottom as slip: w = (y, 0)
on left, right as sides: w = (y, 0)
require mean(p) = 0
exact w = (y, 0)
report speed = max(norm(w))
""",
    "complex": """
domain line(x) = interval(0, 1)
time t in 0 .. 0.5
unknown psi: complex
let wave = sin(pi*x)
in line as schroedinger: i*d(psi, t) = -d(psi, x, 2) + abs(psi)^2*psi
on left, right as walls: psi = 0
at t = 0 as start: psi = wave + i*x*(1 - x)
report norm_now = integral(abs(psi)^2)
""",
    "eigen": """
domain drum(x, y) = disk(center = (0, 0), radius = 1)
fit lam = 5 within 1 .. 10
unknown u
in drum as modes: -lap(u) = lam*u
on edge as rim: u = 0
require integral(u^2) = 1
report first = lam
""",
    "nonlocal": """
domain bar(x) = interval(0, 1)
time t in 0 .. 1
unknown u, v
in bar as memory: u = 1 + integral(exp(x - s)*u(x = s), s = 0 .. x)
in bar as heat: d(v, t) = d(v, x, 2) - mean(v) + u
on left as near: d(v, x) = 0
on right as far: v = v(x = 0)
at t = 0 as start: v = x
""",
    "coordinates": """
domain pipe(r, z): cylindrical = box(r = 0 .. 1, z = 0 .. 2)
unknown T
in pipe as heat: lap(T) = if z < 1 then r else 0
on right as wall: dn(T) + 2*T = 1
on bottom, top as ends: T = 0
report lost = integral(dn(T), on = right)
""",
}
RESERVED = re.compile(
    r"\b(?:domain|box|interval|disk|center|radius|param|let|unknown|vector|complex|in|on|at|as|time|fit|"
    r"within|vary|report|require|exact|data|csv|shape|boundary|interface|rest|edge|left|right|top|bottom|"
    r"if|then|else|pi|i|n|d|dn|div|grad|lap|adv|jump|side|mean|integral|max|value|norm|abs|sin|exp|"
    r"cylindrical|mm|min|cm|s|degC|K)\b"
)
WORD = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|(?<![\w.])[^\W\d]\w*|(?<=\w\.)[^\W\d]\w*")


def derive_spec(text: str, folder: Path = FOLDER) -> System:
    tree, faults = parse(Source("<spec>", f"pde 1\n{text}"))
    problem, more = analyse(tree, folder)
    assert problem is not None, (faults, more)
    system, last = derive(problem)
    assert system is not None, last
    assert not has_errors((*faults, *more, *last)), (faults, more, last)
    return system


@pytest.fixture(scope="module", params=sorted(SPECS))
def case(request: pytest.FixtureRequest) -> tuple[str, System]:
    text = SPECS[request.param]
    return text, derive_spec(text)


def test_order_of_statements_does_not_matter(case: tuple[str, System]) -> None:
    text, system = case
    lines = text.strip().splitlines()
    random.Random(len(text)).shuffle(lines)
    again = derive_spec("\n".join(lines))
    assert format_system(again) == format_system(system)
    assert again.scaling == system.scaling
    assert [fit[0] for fit in again.fits] == [fit[0] for fit in system.fits]


def test_a_condition_may_be_split_over_its_parts(case: tuple[str, System]) -> None:
    text, system = case
    lines = []
    for line in text.strip().splitlines():
        match = re.fullmatch(r"on (\w+), (\w+)( as .*)", line)
        lines += [f"on {part}{match[3]}" for part in match.groups()[:2]] if match else [line]
    if len(lines) == len(text.strip().splitlines()):
        pytest.skip("no condition on two parts")
    again = derive_spec("\n".join(lines))
    assert format_system(again) == format_system(system)
    assert again.scaling == system.scaling


def test_names_do_not_matter(case: tuple[str, System]) -> None:
    """New names, the other way round in the alphabet; what is derived has the same values."""
    text, system = case
    declared = sorted(
        {w for w in WORD.findall(text) if w[0] not in '"[' and not RESERVED.fullmatch(w)}
    )
    new = {name: f"q{90 - k}" for k, name in enumerate(declared)}
    old = {name: k for k, name in new.items()}
    again = derive_spec(WORD.sub(lambda word: new.get(word[0], word[0]), text))

    def restore(name: str) -> str:
        return re.sub(r"q\d\d", lambda word: old[word[0]], name)

    def same(name: str) -> str:
        return name

    assert describe(again, restore) == pytest.approx(describe(system, same), rel=1e-9)
    widths = dict(zip(map(str, again.coordinates), again.scaling.half_width, strict=True))
    known = dict(zip(map(str, system.coordinates), system.scaling.half_width, strict=True))
    assert {restore(name): width for name, width in widths.items()} == known


def describe(system: System, restore: Callable[[str], str]) -> dict[str, float]:
    """Return numbers that say what a system is, by names: residuals, slopes and scales."""
    found: dict[str, float] = {}
    symbols = {symbol: f"{restore(jet.field)} {jet.orders}" for jet, symbol in system.jet_symbols}

    def number(symbol: sympy.Basic) -> float:
        name = symbols.get(symbol) or restore(str(symbol))  # type: ignore[call-overload]
        # A value that belongs to the name, between 0.2 and 0.8.
        return 0.2 + 0.6 * zlib.crc32(name.encode()) / 2**32

    def measure(expression: sympy.Basic) -> float:
        at = {symbol: sympy.Float(number(symbol), 20) for symbol in expression.free_symbols}
        return float(sympy.re(sympy.N(expression.subs(list(at.items())), 15)))

    def add_block(label: str, block: Block, count: int) -> None:
        residual = block.residual
        key = f"{restore(label)}: {restore(block.name)} {count}"
        if residual.nonlocals:
            # Their symbols are numbered: only what is at the point is compared.
            far = dict.fromkeys((term.symbol for term in residual.nonlocals), sympy.S.Half)
            found[key] = measure(residual.expression.subs(list(far.items())))
        else:
            found[key] = measure(residual.expression)
        for jet, slope in zip(residual.jets, residual.derivatives, strict=True):
            if not residual.nonlocals:
                found[f"{key}, {restore(jet.field)} {jet.orders}"] = measure(slope)
        found[f"{key}, scale"] = residual.scale

    def add_functional(key: str, functional: Functional) -> None:
        own = {a.symbol for a in functional.aggregates}
        total = functional.expression.subs(
            {a.symbol: measure(a.integrand.expression) for a in functional.aggregates}
        )
        assert not own & total.free_symbols
        found[key] = measure(total)

    for term in (*system.terms, *system.observations):
        seen: dict[str, int] = {}
        for block in term.blocks:
            seen[block.name] = seen.get(block.name, -1) + 1
            add_block(term.label, block, seen[block.name])
        for number_of, functional in enumerate(term.functionals):
            add_functional(f"{restore(term.label)}: functional {number_of}", functional)
    for block in system.hard:
        add_block("hard", block, 0)
    for functional in system.reports:
        add_functional(f"report {restore(functional.name)}", functional)
    for field, scale in zip(system.fields, system.scaling.field_scale, strict=True):
        found[f"scale of {restore(field)}"] = scale
    for ansatz in system.ansatz:
        found[f"lift of {restore(ansatz.field)}"] = measure(ansatz.lift)
        found[f"cutoff of {restore(ansatz.field)}"] = measure(ansatz.cutoff)
    assert all(np.isfinite(list(found.values())))
    return found


def test_a_value_elsewhere_in_a_report_is_a_value() -> None:
    before = (
        "domain box_(x, y) = box(x = 0 .. 1, y = 0 .. 1)\ntime t in 0 .. 1\nunknown w: vector\n"
        "in box_: d(w, t) = lap(w)\non edge: w = (0, 0)\nat t = 0: w = (x*(1 - x), y)*y*(1 - y)*x*(1 - x)\n"
    )
    written = derive_spec(
        before + "report a = 2*w.x(y = 1/4, x = 0.5)\nreport b = w.y(x = 0.1, y = 1, t = 0.5)\n"
    )
    known = derive_spec(
        before + "report a = 2*value(w.x, (0.5, 1/4))\nreport b = value(w.y, (0.1, 1), t = 0.5)\n"
    )
    assert format_system(written) == format_system(known)
    assert [r.aggregates[0].point for r in written.reports] == [(0.5, 0.25), (0.1, 1.0)]


def test_data_about_an_unknown_with_interfaces_belong_to_the_function_of_their_region(
    tmp_path: Path,
) -> None:
    places = [0.05, 0.2, 0.4, 0.41, 0.9, 0.99]  # 0.4 lies on the interface
    rows = [f"{x},{2 * x}" for x in places]
    (tmp_path / "readings.csv").write_text("\n".join(["x,T", *rows]) + "\n", "utf-8")
    text = (
        "domain wall(x) = interval(0, 1)\nshape a = interval(0, 0.4)\nshape b = wall - a\n"
        "boundary weld = interface(a, b)\nfit k = 1 within 0.1 .. 10\nunknown T\n"
        'data probes = csv("readings.csv", x = "x", T = "T")\n'
        "in a: d(T, x, 2) = 0\nin b: d(T, x, 2) = 0\non weld: jump(T) = 0\n"
        "on weld: side(dn(T), a) = k*side(dn(T), b)\non left: T = 1\non right: T = 0\n"
        "at probes as readings: T = probes.T\n"
    )
    system = derive_spec(text, tmp_path)
    (term,) = system.observations
    found = {}
    for block in term.blocks:
        assert isinstance(block.place, AtData)
        data = block.place.data
        (jet,) = block.residual.jets
        found[jet.field] = list(data.points)
        readings = np.array(data.values)[:, data.columns.index("T")]
        np.testing.assert_allclose(readings, 2 * np.array(data.points)[:, 0], rtol=1e-15)
    on_interface = (places[2],)
    assert sum(points.count(on_interface) for points in found.values()) == 1
    clear = {name: [p for p in points if p != on_interface] for name, points in found.items()}
    assert clear == {"T@a": [(x,) for x in places[:2]], "T@b": [(x,) for x in places[3:]]}
