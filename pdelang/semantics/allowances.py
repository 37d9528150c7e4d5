"""`allow W204: "…"`: warnings that a spec silences."""

from __future__ import annotations

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.semantics.constants import clip
from pdelang.semantics.faults import Faults
from pdelang.syntax import tree

_GIVEN_HERE = frozenset({"W103", "W111", "W204", "W205", "W211", "W221"})
"""Warnings that only this stage gives; W230 comes from `calculus` too."""


def apply_allowances(spec: tree.Tree, faults: Faults) -> set[str]:
    """Return the allowed codes; report (W103) each `allow` that silences nothing.

    Where there are errors, or for warnings that a later stage gives, nobody knows here.
    """
    present = {d.code for d in faults.all}
    is_final = not faults.has_errors and not spec.broken
    allowed: set[str] = set()
    for statement in spec.statements:
        if not isinstance(statement, tree.Allow):
            continue
        code = statement.code.name
        if not code.startswith("W") or code not in CATALOGUE:
            reason = (
                "only warnings can be allowed" if code in CATALOGUE else "there is no such code"
            )
            faults.add(
                "W103",
                f"`allow {clip(code)}` has no effect, because {reason}",
                statement.code.span,
                "not a warning",
                help="remove it",
            )
        elif code in allowed:
            faults.add(
                "W103",
                f"`allow {code}` stands here twice",
                statement.code.span,
                "the second",
                help="remove it",
            )
        elif is_final and code in _GIVEN_HERE and code not in present:
            faults.add(
                "W103",
                f"`allow {code}` silences nothing",
                statement.code.span,
                "no such warning arises",
                help="remove it",
            )
        else:
            allowed.add(code)
    return allowed
