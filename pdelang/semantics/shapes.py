"""Shapes as a spec writes them: primitives, names, combinations, transforms."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.geometry.affine import transform, turn_about
from pdelang.geometry.ball import Ball
from pdelang.geometry.box import Box
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.mesh import Mesh, MeshError, load_mesh
from pdelang.geometry.polygon import Polygon, find_crossing
from pdelang.geometry.shape import Difference, Intersection, Leaf, Shape, Union
from pdelang.geometry.solids import Cone, Torus
from pdelang.semantics.boxes import read_box, read_interval, resolve_bounds
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.domain import Bounds
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.expression import Rank
from pdelang.semantics.files import locate_file
from pdelang.semantics.places import WHERE
from pdelang.semantics.point_formula import PointFormula
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Kind
from pdelang.semantics.shape_arguments import SIGNATURES, ArgumentReader
from pdelang.semantics.shape_arguments import Kind as ArgumentKind
from pdelang.semantics.shape_words import SHAPE_WORDS
from pdelang.syntax import tree

_ADVICE = (
    "write `interval(0, 1)`, `box(x = 0 .. 1, y = 0 .. 1)`, `disk(center = (0, 0), radius = 1)`, …"
)
_OPERATIONS = {"+": Union, "-": Difference, "&": Intersection}


@dataclass(slots=True)
class ShapeReader:
    """Reads every named shape once. ``folder`` is where the files of `stl` lie.

    Two uses of a name are the same object, so that it can be told what a domain is made of.
    """

    resolver: Resolver
    folding: Folder
    folder: Path | None
    _arguments: ArgumentReader = field(init=False)
    _named: dict[str, Shape | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _bounds: dict[int, tuple[Bounds, ...]] = field(default_factory=dict)
    _words: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        space = self.resolver.scope.space
        self._arguments = ArgumentReader(self.resolver, self.folding, len(space))

    def read_all(self, spec: tree.Tree) -> None:
        """Read every `shape` statement, whether used or not."""
        if not self.resolver.scope.space:
            return
        for statement in spec.statements:
            if isinstance(statement, tree.Shape):
                declaration = self.resolver.scope.find(statement.name.name, {Kind.SHAPE})
                if declaration is not None and declaration.statement is statement:
                    self.named(statement.name.name)

    def domain_shape(self, statement: tree.Domain) -> Shape | None:
        """Return the shape of the domain."""
        name = statement.name.name
        if name in self._named:
            return self._named[name]
        self._open.append(name)
        shape = self.read(statement.shape)
        self._open.pop()
        self._named[name] = shape
        return shape

    def named(self, name: str) -> Shape | None:
        """Return the shape of a declared name; None where it is faulty."""
        scope = self.resolver.scope
        if name in self._named:
            return self._named[name]
        declaration = scope.find(name, {Kind.SHAPE, Kind.DOMAIN})
        assert declaration is not None
        statement = declaration.statement
        if isinstance(statement, tree.Domain):
            return self.domain_shape(statement)
        assert isinstance(statement, tree.Shape)
        self._open.append(name)
        shape = self.read(statement.shape)
        self._open.pop()
        if shape is None or name in scope.faulty:
            scope.faulty.add(name)
            shape = None
        self._named[name] = shape
        return shape

    def bounds_of(self, box: Box) -> tuple[Bounds, ...] | None:
        """Return the ends of a box as they were written, None for one that was computed."""
        return self._bounds.get(id(box))

    def name_leaves(self, shape: Shape) -> tuple[str, ...]:
        """Return ``hole.edge`` for each leaf that a `shape` names, else the word for it."""
        owners: dict[int, str] = {}
        for name, named in sorted(self._named.items()):
            if isinstance(named, Leaf) and self.resolver.scope.find(name, {Kind.SHAPE}):
                owners.setdefault(id(named), f"{name}.edge")
        names = [
            owners.get(id(leaf)) or self._words.get(id(leaf), "inner edge") for leaf in shape.leaves
        ]
        if len(names) == 1:
            return ("edge",)
        return tuple(
            f"{name} {names[: i + 1].count(name)}" if names.count(name) > 1 else name
            for i, name in enumerate(names)
        )

    # -------------------------------------------------------------- expressions

    def read(self, node: tree.Expression) -> Shape | None:
        """Return the shape of an expression, or None after reporting what is wrong with it."""
        match node:
            case tree.Call(function=tree.Name(name="interval"), owner=None):
                return self._read_ranges(
                    read_interval(node, list(self.resolver.scope.space), self.resolver.faults)
                )
            case tree.Call(function=tree.Name(name="box"), owner=None):
                return self._read_ranges(
                    read_box(node, list(self.resolver.scope.space), self.resolver)
                )
            case tree.Call(function=tree.Name(name=name), owner=None) if name in SIGNATURES:
                shape = self._read_call(node)
                if shape is not None and isinstance(shape, Leaf):
                    self._words.setdefault(id(shape), f"edge of the {name}")
                return shape
            case tree.Binary(operator=operator) if operator in _OPERATIONS:
                return self._read_combination(node)
            case tree.Name():
                return self._read_name(node)
            case tree.Call(function=function):
                self.resolver.faults.add(
                    "E101",
                    f"unknown shape `{function.name}`",
                    function.span,
                    "not a shape",
                    help=self.resolver.scope.suggest(function.name, SHAPE_WORDS) or _ADVICE,
                )
            case _:
                self.resolver.faults.add(
                    "E105",
                    f"`{clip(node.span.text)}` is not a shape",
                    node.span,
                    "a shape is expected here",
                    help="shapes are combined by `+`, `-` and `&`"
                    if isinstance(node, tree.Binary)
                    else _ADVICE,
                )
        return None

    def _read_combination(self, node: tree.Binary) -> Shape | None:
        # A long sum leans to the left: no recursion along it.
        chain: list[tree.Binary] = []
        first: tree.Expression = node
        while isinstance(first, tree.Binary) and first.operator in _OPERATIONS:
            chain.append(first)
            first = first.left
        shape = self.read(first)
        for link in reversed(chain):
            other = self.read(link.right)
            if shape is None or other is None:
                shape = None
            else:
                shape = _OPERATIONS[link.operator](shape, other)
        return shape

    def _read_name(self, node: tree.Name) -> Shape | None:
        scope, faults = self.resolver.scope, self.resolver.faults
        if node.name in self._open:
            self._report_cycle(node)
            return None
        if node.name in scope.faulty:
            return None
        declaration = scope.find(node.name)
        if declaration is None:
            candidates = scope.names_of({Kind.SHAPE})
            faults.add(
                "E101",
                f"unknown shape `{node.name}`",
                node.span,
                "not declared",
                help=scope.suggest(node.name, candidates) or _ADVICE,
            )
            return None
        if declaration.kind not in (Kind.SHAPE, Kind.DOMAIN):
            faults.add(
                "E101",
                f"`{node.name}` is {declaration.kind.value}, not a shape",
                node.span,
                "a shape is expected here",
                help=_ADVICE,
            )
            return None
        return self.named(node.name)

    def _report_cycle(self, node: tree.Name) -> None:
        scope = self.resolver.scope
        names = self._open[self._open.index(node.name) :]
        ordered = sorted(names, key=lambda name: scope.names[name].span.start)
        scope.faulty.update(names)
        self.resolver.faults.add(
            "E104",
            "circular definition: " + " → ".join(f"`{n}`" for n in (*ordered, ordered[0]))
            if len(names) > 1
            else f"`{node.name}` is defined by itself",
            scope.names[ordered[0]].span,
            "needs itself",
            related=[Related(scope.names[n].span, "is needed on the way") for n in ordered[1:]],
        )

    # --------------------------------------------------------------- primitives

    def _read_ranges(self, ranges) -> Box | None:
        if ranges is None:
            return None
        found = [
            resolve_bounds(low, high, span, self.resolver, self.folding, name)
            for (low, high, span), name in zip(ranges, self.resolver.scope.space, strict=False)
        ]
        bounds = tuple(b for b in found if b is not None)
        if len(bounds) < len(ranges):
            return None
        box = Box(tuple(b.low_value for b in bounds), tuple(b.high_value for b in bounds))
        self._bounds[id(box)] = bounds
        return box

    def _read_call(self, call: tree.Call) -> Shape | None:
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
                    values[formal.name] = self.read(node)
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
        path = locate_file(text.value, text.span, self.folder, "surface", self.resolver.faults)
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
