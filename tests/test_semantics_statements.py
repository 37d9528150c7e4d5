"""Meaning does not depend on the order of statements, nor on the names of symbols."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.semantics.inclusion import include, write_inlined
from pdelang.semantics.printing import format_coverage, format_problem
from pdelang.syntax.parser import parse
from tests.semantic_specs import build_problem, examine_text, find_codes, line_problem, poisson

ROOT = Path(__file__).resolve().parent.parent
GOOD = sorted((ROOT / "tests" / "cases" / "good").glob("*.pde")) + sorted(
    (ROOT / "specs").glob("*.pde")
)
NAMES = re.compile(r"\bu\b|\bx\b|\bt\b|\bline\b")


def split_statements(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    tree, diagnostics = parse(Source(str(path), text))
    assert not diagnostics
    return [statement.span.text for statement in tree.statements[1:]]


def describe(text: str, folder: Path) -> str:
    analysis = examine_text(text, folder)
    assert analysis.problem is not None, analysis.diagnostics
    return format_problem(analysis.problem)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_shuffled_statements_give_the_same_problem(path: Path) -> None:
    statements = split_statements(path)
    expected = describe("\n".join(["pde 1", *statements]), path.parent)
    generator = random.Random(path.stem)
    for _ in range(3):
        generator.shuffle(statements)
        assert describe("\n".join(["pde 1", *statements]), path.parent) == expected


def test_shuffled_statements_give_the_same_messages() -> None:
    statements = split_statements(ROOT / "tests" / "cases" / "bad" / "E201_missing_side.pde")
    expected = {
        (d.code, d.message) for d in examine_text("\n".join(["pde 1", *statements])).diagnostics
    }
    random.Random(1).shuffle(statements)
    found = {
        (d.code, d.message) for d in examine_text("\n".join(["pde 1", *statements])).diagnostics
    }
    assert found == expected


def test_renamed_symbols_give_the_same_structure() -> None:
    text = (
        "pde 1\ndomain line(x) = interval(-1, 1)\ntime t in 0 .. 1\nunknown u\n"
        "in line: d(u, t) + u*d(u, x) = 0.01*d(u, x, 2)\non left, right: u = 0\nat t = 0: u = -sin(pi*x)\n"
    )
    names = {"u": "velocity", "x": "ξ", "t": "zeit", "line": "strecke"}
    renamed = NAMES.sub(lambda match: names[match.group()], text)
    # One-letter coordinates are printed as dx, longer ones as d(…): compare a form free of both.
    forms = [
        re.sub(r"d(\w)+\((\w+)\)", r"D", re.sub(r"d\((\w+)(, \w+)+\)", "D", describe(t, ROOT)))
        for t in (NAMES.sub(lambda m: names[m.group()], text), renamed)
    ]
    assert forms[0] == forms[1]
    before, after = build_problem(text), build_problem(renamed)
    assert before.coverage.cells == after.coverage.cells
    assert [type(e.left) for e in before.equations] == [type(e.left) for e in after.equations]
    assert [c.label.replace("t", "zeit") for c in before.initial_conditions] == [
        c.label.replace("t", "zeit") for c in after.initial_conditions
    ]


def test_labels_come_from_content_and_are_unique() -> None:
    problem = build_problem(
        "pde 1\ndomain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)\ntime t in 0 .. 1\n"
        "unknown u, v\nin square: dtt(u) = lap(u)\nin square as second: dt(v) = lap(v)\n"
        "on left, right: u = 0\non bottom, top: u = 0\non left, right: v = 0\non bottom, top as w: v = 0\n"
        "at t = 0: u = 0\nat t = 0: dt(u) = 0\nat t = 0: v = 0\n"
    )
    assert [e.label for e in problem.equations] == ["interior", "second"]
    assert {c.label for c in problem.boundary_conditions} == {
        "left, right: u",
        "left, right: v",
        "bottom, top",
        "w",
    }
    assert {c.label for c in problem.initial_conditions} == {"start: u", "start: v", "start dt"}


def test_equations_without_labels_are_numbered_by_their_text() -> None:
    head = "pde 1\ndomain line(x) = interval(0, 1)\nunknown u, v\non edge: u = 0\non edge: v = 0\n"
    first, second = "in line: dxx(u) = 1\n", "in line: dxx(v) = u\n"
    labels = [
        [(e.label, e.span.text) for e in build_problem(head + text).equations]
        for text in (first + second, second + first)
    ]
    assert labels[0] == labels[1]
    assert [label for label, _ in labels[0]] == ["interior 1", "interior 2"]


def test_conditions_with_one_label_keep_it() -> None:
    problem = build_problem(
        line_problem("in line: dxx(u) = 1", "on left as u: u = 0", "on right as u: u = 0")
    )
    assert [c.label for c in problem.boundary_conditions] == ["u", "u"]


def test_used_files_are_spliced_and_inlined(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.pde").write_text(
        '# about a\npde 1\nuse "b.pde"\nparam a = 2*b # twice\n'
    )
    (tmp_path / "parts" / "b.pde").write_text("pde 1\nparam b = 3\n")
    text = poisson('use "parts/a.pde"', 'use "parts/b.pde"', "report r = a*mean(u)")
    problem = build_problem(text, tmp_path)
    assert dict(problem.parameters) == {"a": 6.0, "b": 3.0}
    assert "# about a" in problem.text
    assert "use" not in problem.text
    assert problem.text.count("pde 1") == 1
    again = examine_text(problem.text).problem
    assert again is not None
    assert format_problem(again) == format_problem(problem)


def test_a_spec_without_use_is_its_own_text() -> None:
    text = poisson("# the end")
    tree, _ = parse(Source("<test>", text))
    assert write_inlined(tree) == text


@pytest.mark.parametrize(
    "name", ["../outside.pde", "/etc/passwd", "link.pde", "folder", "a\\u0000b"]
)
def test_use_cannot_leave_the_folder_of_the_spec(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    (tmp_path / "outside.pde").write_text("pde 1\nparam a = 1\n")
    (inside / "link.pde").symlink_to(tmp_path / "outside.pde")
    text = poisson(f'use "{name}"')
    tree, syntax = parse(Source("<test>", text))
    if not syntax:
        _, diagnostics = include(tree, inside)
        assert [d.code for d in diagnostics] == ["E030"]


def test_tables_cannot_leave_the_folder_of_the_spec(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "t.csv").write_text("x,u\n0,0\n")
    (inside / "link.csv").symlink_to(tmp_path / "t.csv")
    for name in ("../t.csv", str(tmp_path / "t.csv"), "link.csv"):
        text = poisson(f'compare u = csv("{name}", x = "x", u = "u")')
        assert find_codes(text, inside) == ["E030"]
    assert find_codes(poisson('compare u = csv("t.csv", x = "x", u = "u")'), None) == ["E030"]


def test_tables_are_read_in_the_order_of_our_coordinates(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\ufeffw2, when ,where,w1\n5, 1 ,2,4\n\n6,1,3,7\n", "utf-8")
    text = (
        "pde 1\ndomain square(x, y) = box(x = 0 .. 9, y = 0 .. 9)\ntime t in 0 .. 9\n"
        "unknown w: vector\nin square: dt(w) = lap(w)\non edge: w = (0, 0)\nat t = 0: w = (0, 0)\n"
        'compare w = csv("t.csv", t = "when", y = "where", x = "where", w_x = "w1", w_y = "w2")\n'
    )
    (reference,) = build_problem(text, tmp_path).references
    assert reference.points == ((2.0, 2.0, 1.0), (3.0, 3.0, 1.0))
    assert reference.values == ((4.0, 5.0), (7.0, 6.0))


@pytest.mark.parametrize("content", ["", "x,u\n", "x,u\n0\n", "x,u\n0,nan\n", "x,u\n0,abc\n"])
def test_tables_without_numbers_are_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(content)
    assert find_codes(poisson('compare u = csv("t.csv", x = "x", u = "u")'), tmp_path) == ["E030"]


def test_settings_are_read_and_overridden() -> None:
    text = poisson(
        "param n0 = 7",
        "solver { points = 2^n0  method = adam(rate = 1e-2) }",
        "output { grid = 11 }",
    )
    analysis = examine_text(text, None, {"points": "64", "network": "mlp(width = 8)", "seed": "3"})
    assert analysis.diagnostics == ()
    assert analysis.problem is not None
    settings = analysis.problem.settings
    assert (settings.points, settings.seed) == (64, 3)
    assert str(settings.method) == "adam(rate = 0.01)"
    assert str(settings.network) == "mlp(width = 8)"
    assert analysis.problem.output.grid == (11,)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("tolerance", "0", "E106"),
        ("tolerance", "-1", "E106"),
        ("seed", "1.5", "E106"),
        ("sead", "1", "E106"),
        ("method", "newton", "E106"),
        ("method", "adam(rat = 1)", "E106"),
        ("method", "lbfgs(memory = 0)", "E106"),
        ("method", "lbfgs(damping = 1)", "E106"),
        ("windows", "4", "E106"),
        ("weights", "ntk_point", "E106"),
        ("weights", "ntk_pointwise(chunks = 0)", "E106"),
        ("weights", "ntk(chunks = 2)", "E106"),
        ("points", "1/0", "E020"),
        ("points", "x", "E107"),
        ("points", "3 }", "E003"),
    ],
)
def test_faulty_overrides(key: str, value: str, code: str) -> None:
    codes = find_codes(poisson(), None, {key: value})
    assert codes == [code]


def test_coverage_is_kept_where_conditions_are_missing() -> None:
    tree, _ = parse(Source("<test>", line_problem("in line: dxx(u) = 1", "on left: u = 0")))
    analysis = examine(tree, None)
    assert analysis.problem is None
    assert analysis.coverage is not None
    assert format_coverage(analysis.coverage).splitlines() == [
        "       u",
        "--------------",
        "left   value",
        "right  MISSING",
    ]


def test_every_option_of_a_setting_is_one_that_the_later_stage_takes() -> None:
    from dataclasses import fields

    from pdelang.networks.activation import ACTIVATIONS
    from pdelang.networks.network import NETWORK_OPTIONS
    from pdelang.semantics.settings import METHODS, NETWORKS, WordRule
    from pdelang.training.adam import AdamOptions
    from pdelang.training.gauss_newton.options import GaussNewtonOptions
    from pdelang.training.lbfgs.options import LbfgsOptions

    own_settings = {"noise", "decay"}
    adam = {field.name for field in fields(AdamOptions)} - own_settings
    lbfgs = {field.name for field in fields(LbfgsOptions)}
    gauss_newton = {field.name for field in fields(GaussNewtonOptions)}
    # `polish` is what follows training, whatever the method.
    assert set(METHODS.choices["adam"]) == adam | {"polish"}
    assert set(METHODS.choices["lbfgs"]) == lbfgs | {"polish"}
    assert set(METHODS.choices["gauss_newton"]) == gauss_newton | {"polish"}
    assert {name: set(options) for name, options in NETWORKS.choices.items()} == {
        name: set(options) for name, options in NETWORK_OPTIONS.items()
    }
    activation = NETWORKS.choices["mlp"]["activation"]
    assert isinstance(activation, WordRule)
    assert set(activation.words) == set(ACTIVATIONS)
