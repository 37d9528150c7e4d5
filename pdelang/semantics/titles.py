"""The title of a problem, `problem "…"`."""

from __future__ import annotations

from pdelang.diagnostics.message import Related
from pdelang.semantics.faults import Faults
from pdelang.syntax import tree


def find_title(spec: tree.Tree) -> str:
    """Return the title; one in a `use`d file is that file's own."""
    for statement in spec.statements:
        if isinstance(statement, tree.Title) and statement.span.source is spec.source:
            return statement.title.value
    return ""


def check_titles(spec: tree.Tree, faults: Faults) -> None:
    """Report (E102) every title after the first."""
    titles = [
        s for s in spec.statements if isinstance(s, tree.Title) and s.span.source is spec.source
    ]
    for second in titles[1:]:
        faults.add(
            "E102",
            "a spec has one `problem` title, and this is the second",
            second.span,
            "the second",
            related=[Related(titles[0].span, "the first")],
            help="remove one of them",
        )
