"""Shapes as a spec writes them: boxes, names, combinations; `primitive_shapes` has the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pdelang.diagnostics.message import Related
from pdelang.geometry.box import Box
from pdelang.geometry.shape import Difference, Intersection, Leaf, Shape, Union
from pdelang.semantics.boxes import read_box, read_interval, resolve_bounds
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.domain import Bounds
from pdelang.semantics.primitive_shapes import PrimitiveReader
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Kind
from pdelang.semantics.shape_arguments import SIGNATURES
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
    _primitives: PrimitiveReader = field(init=False)
    _named: dict[str, Shape | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _bounds: dict[int, tuple[Bounds, ...]] = field(default_factory=dict)
    _words: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._primitives = PrimitiveReader(self.resolver, self.folding, self.folder, self.read)

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
                shape = self._primitives.read(node)
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
