"""Problems and solutions in a notebook: how they show themselves, and the cell magic."""

import base64
import re
from html.parser import HTMLParser

import pytest

import pdelang
from pdelang.api.magic import Messages, run_cell
from pdelang.api.problem import Problem
from pdelang.api.solution import Solution
from tests.cli_samples import HEAT

_VOID = {"img", "br", "meta"}


class Balance(HTMLParser):
    """Fails where an element is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def assert_balanced(html: str) -> None:
    parser = Balance()
    parser.feed(html)
    assert parser.open == []


class FakeShell:
    """Keeps what IPython would."""

    def __init__(self) -> None:
        self.user_ns: dict[str, object] = {}
        self.magics: dict[tuple[str, str], object] = {}

    def register_magic_function(self, func: object, magic_kind: str, magic_name: str) -> None:
        self.magics[magic_kind, magic_name] = func


def test_a_problem_shows_its_equations() -> None:
    problem = pdelang.compile(HEAT)
    html = problem._repr_html_()
    assert_balanced(html)
    assert "<math" in html
    assert "Heat in a rod" in html
    assert "linear, u over (x, t)" in html
    assert "left" in html
    markdown = problem._repr_markdown_()
    assert r"\begin{aligned}" in markdown
    assert r"\frac{\partial u}{\partial t}" in markdown


@pytest.fixture(scope="module")
def shell() -> FakeShell:
    shell = FakeShell()
    pdelang.load_ipython_extension(shell)
    return shell


def test_a_cell_is_solved_and_the_solution_shows_itself(shell: FakeShell) -> None:
    pde = shell.magics["cell", "pde"]
    assert callable(pde)
    found = pde("heat --solve tolerance=1e-3", HEAT)
    assert isinstance(found, Solution)
    assert shell.user_ns["heat"] is found
    assert found.error["u"] < 1e-3
    html = found._repr_html_()
    assert_balanced(html)
    (picture,) = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert base64.b64decode(picture).startswith(b"\x89PNG")
    estimate = f"{found.error_estimate['u']:.1e}"
    assert estimate in html
    assert estimate in found._repr_markdown_()


def test_a_faulty_cell_says_what_is_wrong_and_binds_nothing(shell: FakeShell) -> None:
    shell.user_ns.clear()
    found = run_cell(shell, "", HEAT.replace("alpha*dxx", "alpa*dxx"))
    assert isinstance(found, Messages)
    assert "did you mean `alpha`" in repr(found)
    assert "E101" in found._repr_html_()
    assert shell.user_ns == {}
    assert isinstance(run_cell(shell, "", HEAT), Problem)
    assert isinstance(shell.user_ns["problem"], Problem)
    unknown = run_cell(shell, "h --solve tolerence=1", HEAT)
    assert isinstance(unknown, Messages)
    assert "E106" in repr(unknown)


@pytest.mark.parametrize("line", ["a b", "1x", "--sovle", "tolerance="])
def test_a_line_that_cannot_be_read_is_refused(shell: FakeShell, line: str) -> None:
    with pytest.raises(ValueError, match="%%pde takes"):
        run_cell(shell, line, HEAT)


def test_ipython_loads_the_extension() -> None:
    terminal = pytest.importorskip("IPython.core.interactiveshell")
    shell = terminal.InteractiveShell.instance()
    try:
        shell.run_line_magic("load_ext", "pdelang")
        found = shell.run_cell_magic("pde", "rod", HEAT)
        assert shell.user_ns["rod"] is found
        data, _ = shell.display_formatter.format(found)
        assert {"text/plain", "text/html", "text/markdown"} <= set(data)
    finally:
        terminal.InteractiveShell.clear_instance()
