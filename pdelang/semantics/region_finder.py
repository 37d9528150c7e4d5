"""Regions as a spec names them: the domain, or the part of it in a named shape."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.body import Body, EmptyShapeError
from pdelang.geometry.box import Box
from pdelang.geometry.shape import Intersection, Shape
from pdelang.semantics.asking import Found
from pdelang.semantics.constants import clip
from pdelang.semantics.domain import Domain, Region
from pdelang.semantics.scope import Kind, Scope
from pdelang.semantics.shapes import ShapeReader
from pdelang.syntax import tree


@dataclass(slots=True)
class RegionFinder:
    """Finds regions by name, each built once; reports E101, E202."""

    scope: Scope
    domain: Domain | None
    shapes: ShapeReader
    _found: dict[str, Found | None] = field(default_factory=dict)

    def find(self, node: tree.Expression) -> Found | None:
        """Return the region of a name, or None after reporting that there is none."""
        if isinstance(node, tree.Name):
            if node.name in self.scope.faulty:
                return None
            if self.scope.find(node.name, {Kind.DOMAIN}) is not None:
                return Found(None)
            if self.scope.find(node.name, {Kind.SHAPE}) is not None:
                if node.name not in self._found:
                    self._found[node.name] = self._build(node)
                return self._found[node.name]
        text = clip(node.span.text)
        self.shapes.resolver.faults.add(
            "E101",
            f"`{text}` is no region",
            node.span,
            "a region is expected here",
            help=self.scope.suggest(text, self.scope.names_of({Kind.DOMAIN, Kind.SHAPE})),
        )
        return None

    def _build(self, node: tree.Name) -> Found | None:
        shape = self.shapes.named(node.name)
        if shape is None or self.domain is None:
            return None
        if shape is self.domain.shape:
            return Found(None)
        common = _intersect(shape, self.domain.shape)
        if common == self.domain.shape:
            return Found(None)
        try:
            body = Body.of(common, (node.name,) * len(common.leaves))
            return Found(Region(node.name, _simplify(body)))
        except EmptyShapeError:
            self.shapes.resolver.faults.add(
                "E202",
                f"the region `{node.name}` has no points in the domain",
                node.span,
                "selects no points",
                related=[Related(self.domain.span, "the domain")],
            )
            return None


def _intersect(shape: Shape, domain: Shape) -> Shape:
    """Return what two shapes have in common; two boxes give a box."""
    if isinstance(shape, Box) and isinstance(domain, Box):
        return Box(tuple(map(max, shape.low, domain.low)), tuple(map(min, shape.high, domain.high)))
    return Intersection(shape, domain)


def _simplify(body: Body) -> Body:
    """Return the same body as a box where boxes, put together, make one."""
    leaves = body.shape.leaves
    if isinstance(body.shape, Box) or not all(isinstance(leaf, Box) for leaf in leaves):
        return body
    axes = []
    for axis, (low, high) in enumerate(zip(body.box.low, body.box.high, strict=True)):
        ticks = {low, high, *(end for leaf in leaves for end in (leaf.low[axis], leaf.high[axis]))}
        kept = np.array(sorted(tick for tick in ticks if low <= tick <= high))
        axes.append(0.5 * (kept[1:] + kept[:-1]))
    # Between the coordinates of all corners a cell is inside as a whole, or not at all.
    cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, body.d)
    if not body.shape.is_inside(cells).all():
        return body
    return Body.of(body.box, body.names[:1])
