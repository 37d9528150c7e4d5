"""Remarks on a sound problem: the type of every equation (I231), scales far apart (I270)."""

from __future__ import annotations

import numpy as np

from pdelang.calculus.system import System
from pdelang.diagnostics.message import Diagnostic

_FAR_APART = 1e3


def list_remarks(system: System) -> tuple[Diagnostic, ...]:
    """Return I231 for every partial differential equation, and I270 where sizes differ much."""
    spans = {statement.label: statement.span for statement in reversed(system.problem.equations)}
    remarks = [
        Diagnostic("I231", f"`{t.label}` is {_article(t.kind)}", spans[t.label], label=t.kind)
        for t in system.types
        if t.label in spans and t.kind != "ordinary"
    ]
    return (*remarks, *_remark_scales(system))


def _article(kind: str) -> str:
    return {"constraint": "a constraint", "mixed": "of mixed type"}.get(kind, kind)


def _remark_scales(system: System) -> tuple[Diagnostic, ...]:
    scaling, problem = system.scaling, system.problem
    names = [str(symbol) for symbol in system.coordinates]
    sizes = dict(zip(names, scaling.half_width, strict=False))
    sizes |= dict(zip(system.fields, scaling.field_scale, strict=True))
    values = np.array(list(sizes.values()))
    if not len(values) or values.min() <= 0 or values.max() / values.min() <= _FAR_APART:
        return ()
    least, largest = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
    form = [
        f"{name} = {_offset(centre)}{width:.4g} {name}'"
        for name, centre, width in zip(names, scaling.centre, scaling.half_width, strict=False)
    ]
    form += [
        f"{name} = {scale:.4g} {name}'"
        for name, scale in zip(system.fields, scaling.field_scale, strict=True)
    ]
    return (
        Diagnostic(
            "I270",
            f"the sizes of `{least}` and `{largest}` differ by a factor of "
            f"{values.max() / values.min():.1g}",
            problem.domain.span,
            label="scales far apart",
            notes=("solved is the scaled form: " + ", ".join(form),),
        ),
    )


def _offset(centre: float) -> str:
    return f"{centre:.4g} + " if centre else ""
