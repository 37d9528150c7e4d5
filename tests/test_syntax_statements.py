"""Every statement form of the language reference is read into its node."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.lexicon import STATEMENT_WORDS
from pdelang.syntax.parser import parse
from tests.tree_shapes import read_statement, shape_of

CASES = Path(__file__).parent / "cases" / "language"

# (statement, its class, fields to check as text)
FORMS: list[tuple[str, type, dict[str, str | None]]] = [
    ('problem "title"', tree.Title, {"title": '"title"'}),
    ('use "materials.pde"', tree.Use, {"path": '"materials.pde"'}),
    (
        "domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1) - hole",
        tree.Domain,
        {"name": "plate", "metric": None, "shape": "box(x = 0 .. 1, y = 0 .. 1) - hole"},
    ),
    (
        "domain d(r [m], phi) : polar = annulus",
        tree.Domain,
        {"metric": "polar", "shape": "annulus"},
    ),
    ("time t in 0 .. 10", tree.Time, {"name": "t", "unit": None, "interval": "0 .. 10"}),
    ("time t [s] in 0..1e-3", tree.Time, {"unit": "[s]", "interval": "0..1e-3"}),
    (
        "shape hole = disk(center = (0.5, 0.5), radius = 0.2)",
        tree.Shape,
        {"shape": "disk(center = (0.5, 0.5), radius = 0.2)"},
    ),
    ("boundary lid = plate.top", tree.Boundary, {"part": "plate.top", "where": None}),
    ("boundary walls = rest", tree.Boundary, {"part": "rest"}),
    (
        "boundary a = plate.edge where x < 0.5 and y > 0.2",
        tree.Boundary,
        {"part": "plate.edge", "where": "x < 0.5 and y > 0.2"},
    ),
    (
        "boundary weld = interface(fibre, matrix)",
        tree.Boundary,
        {"part": "interface(fibre, matrix)"},
    ),
    ("boundary end = cube.high(w)", tree.Boundary, {"part": "cube.high(w)"}),
    ("periodic left, right", tree.Periodic, {"first": "left", "second": "right"}),
    ("param nu = 0.01/pi [m^2/s]", tree.Param, {"value": "0.01/pi", "unit": "[m^2/s]"}),
    ("param nu = 0.01/pi", tree.Param, {"value": "0.01/pi", "unit": None}),
    ("let f(s) = s^2 * sin(pi*x)", tree.Let, {"name": "f", "value": "s^2 * sin(pi*x)"}),
    ("let q = u*dx(u) [W]", tree.Let, {"value": "u*dx(u)", "unit": "[W]"}),
    ("unknown u, v", tree.Unknown, {"kind": None, "region": None, "unit": None}),
    ("unknown w: vector [m/s]", tree.Unknown, {"kind": "vector", "unit": "[m/s]"}),
    ("unknown psi: complex", tree.Unknown, {"kind": "complex"}),
    ("unknown w: vector in fluid", tree.Unknown, {"kind": "vector", "region": "fluid"}),
    ("unknown u, v in fluid [K]", tree.Unknown, {"region": "fluid", "unit": "[K]"}),
    (
        "in plate as momentum: adv(w, w) + grad(p) = lap(w)/Re",
        tree.In,
        {"label": "momentum", "equation": "adv(w, w) + grad(p) = lap(w)/Re"},
    ),
    ("in a, b: u = 0", tree.In, {"label": None}),
    ("on lid, walls as noslip: w = (0, 0)", tree.On, {"label": "noslip", "equation": "w = (0, 0)"}),
    ("on hole.edge, low(e): u = 0", tree.On, {"label": None}),
    ("at t = 0: dt(u) = 0", tree.AtTime, {"time": "t", "value": "0", "label": None}),
    ("at t = 0 as start: u = 1", tree.AtTime, {"label": "start"}),
    ("at (0.5, 0.5): p = 0", tree.AtPoint, {"equation": "p = 0"}),
    ("at (0.5) as pin: p = 0", tree.AtPoint, {"label": "pin"}),
    ("at probes: T = probes.T", tree.AtData, {"data": "probes", "equation": "T = probes.T"}),
    ("at probes as temperature: T = probes.T", tree.AtData, {"label": "temperature"}),
    (
        'data probes = csv("probes.csv", x = "x_m", noise = 0.01)',
        tree.Data,
        {"table": 'csv("probes.csv", x = "x_m", noise = 0.01)'},
    ),
    (
        "fit D = 1e-5 [m^2/s] within 1e-7 .. 1e-4",
        tree.Fit,
        {"guess": "1e-5", "unit": "[m^2/s]", "within": "1e-7 .. 1e-4"},
    ),
    ("fit k(x, y) = 1 within 0.1 .. 10", tree.Fit, {"guess": "1", "within": "0.1 .. 10"}),
    ("fit k = 1", tree.Fit, {"within": None}),
    ("vary Re in 100 .. 400", tree.Vary, {"interval": "100 .. 400", "unit": None}),
    ("vary f in 1 .. 2 [1/s]", tree.Vary, {"unit": "[1/s]"}),
    ("guess u = 3*sin(pi*x)", tree.Guess, {"target": "u", "value": "3*sin(pi*x)"}),
    ("guess w.x = 1", tree.Guess, {"target": "w.x"}),
    ("require mean(p) = 0", tree.Require, {"equation": "mean(p) = 0"}),
    ("require integral(u^2, in = fibre) = 1", tree.Require, {}),
    ("exact u = sin(pi*x)", tree.Exact, {"target": "u"}),
    ("exact w.x = y", tree.Exact, {"target": "w.x"}),
    ('compare u = csv("r.csv", x = "x", u = "u")', tree.Compare, {"target": "u"}),
    ("sweep nu in [0.1, 0.01]", tree.Sweep, {"values": "[0.1, 0.01]", "unit": None}),
    ("sweep nu in [0.1] [m^2/s]", tree.Sweep, {"unit": "[m^2/s]"}),
    (
        "report drag = integral(p*n.x, on = hole.edge)",
        tree.Report,
        {"value": "integral(p*n.x, on = hole.edge)"},
    ),
    ("report e = mean(u, t = 0.5) [K]", tree.Report, {"unit": "[K]"}),
    ('allow W204: "by definition"', tree.Allow, {"code": "W204", "reason": '"by definition"'}),
    ("solver { tolerance = 1e-6  method = auto }", tree.Solver, {}),
    ("output { grid = 201  times = [0, 0.5, 1] }", tree.Output, {}),
]


@pytest.mark.parametrize(("text", "kind", "expected"), FORMS, ids=[form[0] for form in FORMS])
def test_statement_form(text: str, kind: type, expected: dict[str, str | None]) -> None:
    statement = read_statement(text)
    assert type(statement) is kind
    assert statement.span.text == text
    for name, wanted in expected.items():
        part = getattr(statement, name)
        assert (part.span.text if part is not None else None) == wanted


def test_forms_cover_every_statement_word() -> None:
    assert {form[0].split()[0] for form in FORMS} == set(STATEMENT_WORDS) - {"pde"}


@pytest.mark.parametrize("path", sorted(CASES.glob("*.pde")), ids=lambda path: path.stem)
def test_examples_of_the_reference_have_no_faults(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spec, diagnostics = parse(Source(path.name, text))
    assert diagnostics == ()
    assert spec.broken == ()
    assert len(spec.statements) == len(text.splitlines())  # one statement a line in these
    assert [s.span.text for s in spec.statements] == text.splitlines()


def test_there_are_six_examples() -> None:
    assert len(list(CASES.glob("*.pde"))) == 6


def test_names_and_units_of_coordinates() -> None:
    domain = read_statement("domain rod(x [m], y, z [1/s]) = b")
    assert isinstance(domain, tree.Domain)
    units = [c.unit.factors if c.unit else None for c in domain.coordinates]
    assert [c.name.name for c in domain.coordinates] == ["x", "y", "z"]
    assert units == [(("m", 1),), None, (("s", -1),)]


def test_settings_need_no_separators_and_tolerate_commas() -> None:
    loose = "solver { tolerance = 1e-6 method = adam(rate = 1e-3) network = mlp(width = 64) }"
    tight = "solver{tolerance=1e-6,method=adam(rate=1e-3),\nnetwork=mlp(width=64),}"
    assert shape_of(read_statement(loose)) == shape_of(read_statement(tight))
    solver = read_statement(loose)
    assert isinstance(solver, tree.Solver)
    assert [s.key.name for s in solver.settings] == ["tolerance", "method", "network"]


def test_settings_may_be_absent() -> None:
    output = read_statement("output { }")
    assert isinstance(output, tree.Output)
    assert output.settings == ()


@pytest.mark.parametrize(
    ("text", "factors"),
    [
        ("[m^2/s]", (("m", 2), ("s", -1))),
        ("[1/s]", (("s", -1),)),
        ("[1]", ()),
        ("[m s^-1]", (("m", 1), ("s", -1))),
        ("[m*s]", (("m", 1), ("s", 1))),
        ("[W/(m K)]", (("W", 1), ("m", -1), ("K", -1))),
        ("[kg**0.5]", (("kg", 0.5),)),
        ("[m^(1/2)]", (("m", 0.5),)),
        ("[m^(4/2)]", (("m", 2),)),
        ("[m^+3 / m]", (("m", 2),)),
        ("[m/m]", ()),
        ("[in]", (("in", 1),)),
        ("[µm]", (("µm", 1),)),
    ],
)
def test_units(text: str, factors: tuple[tuple[str, float], ...]) -> None:
    param = read_statement(f"param a = 3 {text}")
    assert isinstance(param, tree.Param)
    assert param.unit is not None
    assert param.unit.factors == factors
    assert param.unit.span.text == text


# ---------------------------------------------------------------- the meanings of `in` and `on`


def _kinds(text: str) -> list[str]:
    spec, diagnostics = parse(Source("<spec>", "pde 1\n" + text))
    assert diagnostics == ()
    return [type(statement).__name__ for statement in spec.statements[1:]]


def test_newlines_carry_no_meaning() -> None:
    text = "param a = 1 unknown u in d: u = a on left: u = 0 let b = 2 in d, e as f: u = b"
    one_line = parse(Source("<spec>", "pde 1 " + text))[0]
    many_lines = parse(Source("<spec>", "pde\n1\n" + text.replace(" ", "\n")))[0]
    assert shape_of(one_line.statements) == shape_of(many_lines.statements)
    assert len(one_line.statements) == 7


def test_in_after_unknown_is_a_clause_or_a_statement() -> None:
    assert _kinds("unknown u\nin plate: u = 0") == ["Unknown", "In"]
    assert _kinds("unknown u in plate: u = 0") == ["Unknown", "In"]
    assert _kinds("unknown u in plate, fluid as a: u = 0") == ["Unknown", "In"]
    assert _kinds("unknown u in fluid\nin plate: u = 0") == ["Unknown", "In"]
    assert _kinds("unknown u\n  in fluid\nunknown v") == ["Unknown", "Unknown"]
    assert _kinds("unknown u\n  in fluid [K]") == ["Unknown"]


def test_in_and_on_name_arguments_even_at_the_start_of_a_line() -> None:
    assert _kinds("report a = integral(u,\n  in = fibre)") == ["Report"]
    report = read_statement("report a = integral(u,\n on\n = hole.edge)")
    assert isinstance(report, tree.Report)
    assert isinstance(report.value, tree.Call)
    argument = report.value.arguments[1]
    assert argument.name is not None
    assert argument.name.name == "on"


def test_ranges_do_not_lose_their_dots() -> None:
    for text in ("0..1", "0 .. 1", "0. .. 1.", "0 .. .5", "1e-3..2."):
        time = read_statement(f"time t in {text}")
        assert isinstance(time, tree.Time)
        assert time.interval.span.text == text


def test_text_keeps_its_quotation_marks_and_backslashes() -> None:
    title = read_statement(r'problem "a \"b\" c:\new \\ # not a comment"')
    assert isinstance(title, tree.Title)
    assert title.title.value == r'a "b" c:\new \ # not a comment'


def test_names_are_normalised_and_may_be_greek() -> None:
    param = read_statement("param e\u0301 = \u03bd")
    assert isinstance(param, tree.Param)
    assert param.name.name == "\u00e9"
    assert param.name.span.text == "e\u0301"
    assert shape_of(param.value) == ("Name", "\u03bd")


def test_byte_order_mark_and_windows_line_ends() -> None:
    source = Source("<spec>", "\ufeffpde 1\r\n# note\r\nparam a = 3\r\n")
    spec, diagnostics = parse(source)
    assert diagnostics == ()
    assert [s.span.text for s in spec.statements] == ["pde 1", "param a = 3"]
    assert source.position(spec.statements[0].span.start) == (1, 1)
    assert source.position(spec.statements[1].span.start) == (3, 1)
    assert source.line(1) == "pde 1"
    assert source.line(3) == "param a = 3"
