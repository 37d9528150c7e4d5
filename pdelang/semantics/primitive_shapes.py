"""Primitive and transformed shapes: ``disk(center = (0, 0), radius = 1)``, ``rotate(part, pi/4)``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.affine import transform, turn_about
from pdelang.geometry.ball import Ball
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.mesh import Mesh, MeshError, load_mesh
from pdelang.geometry.polygon import Polygon, find_crossing
from pdelang.geometry.shape import Shape
from pdelang.geometry.solids import Cone, Torus
from pdelang.semantics.constants import Folder
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.expression import Rank
from pdelang.semantics.files import locate_file
from pdelang.semantics.places import WHERE
from pdelang.semantics.point_formula import PointFormula
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.shape_arguments import SIGNATURES, ArgumentReader
from pdelang.semantics.shape_arguments import Kind as ArgumentKind
from pdelang.syntax import tree


@dataclass(slots=True)
class PrimitiveReader:
    """Reads the calls that `shape_arguments` lists; ``directory`` is where the files of `stl` lie.

    ``read_shape`` reads the shape that a transform is given.
    """

    resolver: Resolver
    folding: Folder
    directory: Path | None
    read_shape: Callable[[tree.Expression], Shape | None]
    _arguments: ArgumentReader = field(init=False)

    def __post_init__(self) -> None:
        space = self.resolver.scope.space
        self._arguments = ArgumentReader(self.resolver, self.folding, len(space))

    def read(self, call: tree.Call) -> Shape | None:
        """Return the shape of a call; report E030, E105, E107, E110 in its arguments."""
        bound = self._arguments.bind(call)
        if bound is None:
            return None
        name = call.function.name
        match name:
            case "polygon":
                return self._read_polygon(bound["corners"])
            case "implicit":
                return self._read_formula(bound["formula"])
            case "stl":
                return self._read_mesh(bound["file"])
            case "translate" | "rotate" | "scale":
                return self._read_transform(call, bound)
            case _:
                values = self._read_values(name, bound)
                return None if values is None else _build(name, values)

    def _read_values(self, name: str, bound: dict[str, tree.Expression]) -> dict | None:
        values: dict[str, object] = {}
        for formal in SIGNATURES[name].formals:
            if formal.name not in bound:
                continue
            node = bound[formal.name]
            match formal.kind:
                case ArgumentKind.POINT | ArgumentKind.DIRECTION | ArgumentKind.LENGTHS:
                    values[formal.name] = self._arguments.vector(node, formal.kind)
                case ArgumentKind.LENGTH | ArgumentKind.RADIUS | ArgumentKind.NUMBER:
                    values[formal.name] = self._arguments.number(node, formal.kind)
                case ArgumentKind.FACTOR:
                    values[formal.name] = self._arguments.factor(node)
                case ArgumentKind.SHAPE:
                    values[formal.name] = self.read_shape(node)
                case kind:
                    raise TypeError(kind)
        if any(value is None for value in values.values()):
            return None
        fault = _find_conflict(name, values)
        if fault is not None:
            node = bound[fault[0]]
            self.resolver.faults.add("E105", fault[1], node.span, fault[2])
            return None
        return values

    def _read_polygon(self, node: tree.Expression) -> Shape | None:
        corners = self._arguments.corners(node)
        if corners is None:
            return None
        assert isinstance(node, tree.List)
        items = node.items
        if np.array_equal(corners[0], corners[-1]):
            # Closed by hand, as many file formats do.
            corners = corners[:-1]
        same = np.flatnonzero((corners == np.roll(corners, 1, axis=0)).all(axis=1))
        if same.size:
            self._report_polygon(
                items[same[0]], "two corners that follow each other are the same", "the second"
            )
            return None
        crossing = find_crossing(corners)
        if crossing is not None:
            self._report_polygon(
                items[crossing[1]],
                "the edges of this polygon cross",
                "the edge from here meets another",
                [Related(items[crossing[0]].span, "the edge from here")],
            )
            return None
        polygon = Polygon(corners)
        if abs(polygon.signed_content) < 1e-14 * float(
            np.prod(np.subtract(polygon.high, polygon.low))
        ):
            self._report_polygon(node, "this polygon has no area", "all corners on a line")
            return None
        return polygon

    def _report_polygon(
        self, node: tree.Expression, message: str, label: str, related: list[Related] | None = None
    ) -> None:
        self.resolver.faults.add("E105", message, node.span, label, related=related or [])

    def _read_formula(self, node: tree.Expression) -> Shape | None:
        typed = self.resolver.resolve(node, WHERE)
        if typed is None or not self.resolver.ranks.require_rank(
            typed, Rank.SCALAR, "`implicit` takes a scalar"
        ):
            return None
        self.folding.check(typed)
        space = self.resolver.scope.space
        try:
            evaluate(typed, np.zeros((1, len(space))), space)
        except NotEvaluableError:
            self.resolver.faults.add(
                "E107",
                "`implicit` takes a formula of the coordinates, without derivatives",
                node.span,
                "cannot be evaluated point by point",
            )
            return None
        infinite = (math.inf,) * len(space)
        return LevelSet(PointFormula(typed, space), tuple(-e for e in infinite), infinite)

    def _read_mesh(self, node: tree.Expression) -> Mesh | None:
        text = self._arguments.text(node)
        if text is None:
            return None
        path = locate_file(text.value, text.span, self.directory, "surface", self.resolver.faults)
        if path is None:
            return None
        try:
            return load_mesh(path)
        except MeshError as fault:
            self.resolver.faults.add(
                "E030",
                f"the surface `{text.value}` {fault}",
                text.span,
                "unusable",
                help=fault.help,
            )
            return None

    def _read_transform(self, call: tree.Call, bound: dict[str, tree.Expression]) -> Shape | None:
        name, d = call.function.name, len(self.resolver.scope.space)
        values = self._read_values(name, bound)
        if values is None:
            return None
        shape = values["shape"]
        centre = np.asarray(values.get("center", (0.0,) * d), float)
        match name:
            case "translate":
                return transform(shape, np.eye(d), np.asarray(values["by"], float))
            case "scale":
                matrix = np.diag(values["by"])
            case _:
                if (d == 3 and "axis" not in values) or (d == 2 and "axis" in values):
                    self.resolver.faults.add(
                        "E105",
                        "`rotate` needs an `axis` in three dimensions"
                        if d == 3
                        else "`rotate` has no `axis` in the plane",
                        call.span,
                        "about which axis?" if d == 3 else "always about a point",
                        help="write for example `rotate(part, pi/4, axis = (0, 0, 1))`"
                        if d == 3
                        else "remove it",
                    )
                    return None
                matrix = turn_about(values.get("axis"), values["angle"])
        return transform(shape, matrix, centre - matrix @ centre)


def _find_conflict(name: str, values: dict) -> tuple[str, str, str] | None:
    """Return (argument, message, label) where arguments do not fit together."""
    match name:
        case "cylinder" | "cone" if values["start"] == values["end"]:
            return "end", f"this {name} has no height", "the same as the start"
        case "torus" if values["tube"] >= values["radius"]:
            return "tube", "the tube of this torus meets itself", "not below `radius`"
        case _:
            return None


def _build(name: str, values: dict) -> Shape:
    match name:
        case "disk" | "ball":
            return Ball(values["center"], values["radius"])
        case "ellipse":
            unit = Ball((0.0, 0.0), 1.0)
            return transform(unit, np.diag(values["radii"]), np.asarray(values["center"]))
        case "cylinder":
            return Cone(values["start"], values["end"], values["radius"], values["radius"])
        case "cone":
            return Cone(
                values["start"], values["end"], values["radius"], values.get("end_radius", 0.0)
            )
        case "torus":
            return Torus(values["center"], values["axis"], values["radius"], values["tube"])
        case "halfspace":
            return Halfspace(values["point"], values["normal"])
        case _:
            raise TypeError(name)
