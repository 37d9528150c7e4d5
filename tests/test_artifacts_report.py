"""The report: one page that loads nothing, with the facts of the run and the equations as mathematics."""

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy
import yaml

from pdelang import pipeline
from pdelang.artifacts.sketch import draw_sketch
from pdelang.calculus.mathml import _JetPrinter, format_equation
from pdelang.calculus.system import System

FLOW = """\
pde 1
domain cavity(x, y) = box(x = 0 .. 2, y = 0 .. 1)
boundary lid = cavity.top
boundary walls = rest
param Re = 100
unknown w: vector
unknown p
in cavity as momentum: adv(w, w) + grad(p) = lap(w)/Re
in cavity as mass: div(w) = 0
on lid as sliding: w = (x*(2 - x), 0)
on walls as noslip: w = (0, 0)
at (0.5, 0.5) as gauge: p = 0
"""
MATH = "{http://www.w3.org/1998/Math/MathML}"


class Page(HTMLParser):
    """Tags with their attributes, and the text; unclosed tags are an error."""

    VOID = frozenset(("meta", "img", "br", "link"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def derive(spec: str) -> System:
    system = pipeline.check(spec).system
    assert system is not None
    return system


def test_the_page_stands_alone_and_has_the_facts(heat_artifact: Path) -> None:
    page = Page((heat_artifact / "report.html").read_text("utf-8"))
    manifest = yaml.safe_load((heat_artifact / "manifest.yaml").read_text("utf-8"))
    names = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe"} & set(names)
    sources = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert len(sources) == len([n for n in manifest["files"] if n.startswith("plots/")]) == 3
    assert all(source is not None and source.startswith("data:image/png;") for source in sources)
    assert names.count("math") >= 2
    for fact in (
        manifest["title"],
        manifest["status"],
        manifest["method"],
        *manifest["messages"],
        *manifest["cite"],
        f"{manifest['error_estimate']['u']:.1e}",
        f"{manifest['error']['u']:.1e}",
        f"jax {manifest['versions']['jax']}",
        "parabolic",
        "unknown u",
    ):
        assert fact in page.text, fact


def test_a_title_is_text_and_never_markup() -> None:
    from pdelang.artifacts.page import write_list, write_page

    page = Page(write_page("<b>&", [write_list(["<script>alert(1)</script>"])]))
    assert "script" not in [tag for tag, _ in page.tags]


def test_an_equation_is_mathematics_with_the_data_on_the_right() -> None:
    system = derive(
        "pde 1\ndomain d(x) = interval(0, 1)\nunknown u\nin d: -dxx(u) = 3*x\non edge: u = 0\n"
    )
    (block,) = system.terms[0].blocks
    text = format_equation(block.residual.expression, system)
    assert text is not None
    root = ET.fromstring(text)
    assert root.tag == f"{MATH}math"
    row = root.find(f"{MATH}semantics/{MATH}mrow")
    assert row is not None
    left, equals, right = row
    assert (equals.text, "".join(right.itertext())) == ("=", "3\N{INVISIBLE TIMES}x")
    fraction = left.find(f".//{MATH}mfrac")
    assert fraction is not None
    assert ["".join(side.itertext()) for side in fraction] == ["∂2u", "∂x2"]


def test_a_power_of_a_derivative_keeps_its_brackets() -> None:
    spec = (
        "pde 1\ndomain d(x) = interval(0, 1)\nunknown u\nin d: dxx(u) = dx(u)^2\non edge: u = 0\n"
    )
    system = derive(spec)
    text = format_equation(system.terms[0].blocks[0].residual.expression, system)
    assert text is not None
    assert "(∂u∂x)2" in "".join(ET.fromstring(text).itertext())


def test_a_field_of_a_region_has_it_as_a_subscript_and_constants_have_six_digits() -> None:
    printer = _JetPrinter(derive(FLOW))
    name = ET.fromstring(printer.to_text(sympy.Symbol("w.x@fluid")))
    assert name.tag.endswith("msub")
    assert ["".join(part.itertext()) for part in name] == ["w", "x,fluid"]
    assert (
        "".join(ET.fromstring(printer.to_text(sympy.Float(0.119678513868))).itertext())
        == "0.119679"
    )
    assert "".join(ET.fromstring(printer.to_text(sympy.Float(1.5e-9))).itertext()) == "1.5·10-9"


def test_a_formula_nobody_can_read_is_not_set() -> None:
    terms = " + ".join(f"sin({k}*u)*x^{k}" for k in range(2, 40))
    system = derive(
        f"pde 1\ndomain d(x) = interval(0, 1)\nunknown u\nin d: dxx(u) = {terms}\non edge: u = 0\n"
    )
    assert format_equation(system.terms[0].blocks[0].residual.expression, system) is None


@pytest.mark.parametrize("hole", [False, True])
def test_the_sketch_has_every_part_and_leaves_holes_empty(hole: bool) -> None:
    problem = derive(FLOW).problem
    sketch = draw_sketch(
        problem,
        lambda p: (p[:, 0] - 1) ** 2 + (p[:, 1] - 0.5) ** 2 > (0.04 if hole else 0),
        [("gauge", (0.5, 0.5))],
    )
    assert sketch is not None
    root = ET.fromstring(sketch.svg)
    titles = [title.text for title in root.iter("title")]
    # Three walls, the lid, the point.
    assert titles.count("walls") == 3
    assert {*titles} == {"walls", "lid", "gauge"}
    assert len(set(sketch.colors.values())) == 2
    fill = root.find("path")
    assert fill is not None
    # A row of cells is one stroke; those through the hole are two.
    assert (fill.attrib["d"].count("M") > 90) == hole


def test_a_line_and_space_have_a_sketch_and_four_dimensions_none() -> None:
    text = "pde 1\ndomain d({}) = box({})\nunknown u\nin d: lap(u) = 0\non edge: u = 0\n"
    for names in (["x"], ["x", "y", "z"], ["a", "b", "c", "e"]):
        bounds = ", ".join(f"{name} = 0 .. 1" for name in names)
        problem = derive(text.format(", ".join(names), bounds)).problem
        sketch = draw_sketch(problem, lambda p: p[:, 0] >= 0)
        assert (sketch is None) == (len(names) > 3)
