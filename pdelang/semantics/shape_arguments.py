"""Arguments of shapes: one table of what each takes, and their reading to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from pdelang.diagnostics.span import Span
from pdelang.diagnostics.suggestion import similar
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.expression import Rank
from pdelang.semantics.orders import count_noun, list_names
from pdelang.semantics.places import CONSTANT
from pdelang.semantics.resolution import Resolver
from pdelang.syntax import tree


class Kind(Enum):
    """What an argument of a shape is."""

    POINT = "a point"
    DIRECTION = "a direction"
    LENGTH = "a positive number"
    RADIUS = "a number that is not negative"
    LENGTHS = "a positive number for each coordinate"
    NUMBER = "a number"
    FACTOR = "a number, or one for each coordinate"
    CORNERS = "a list of points"
    FORMULA = "a formula"
    FILE = "the name of a file"
    SHAPE = "a shape"


@dataclass(frozen=True, slots=True)
class Formal:
    """One argument; without ``needed`` it may be left out."""

    name: str
    kind: Kind
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments of a shape in order, where it exists, and how it is written."""

    formals: tuple[Formal, ...]
    example: str
    dimensions: tuple[int, ...] = ()  # none: all


_CENTRE, _RADIUS = Formal("center", Kind.POINT), Formal("radius", Kind.LENGTH)
_ENDS = (Formal("start", Kind.POINT), Formal("end", Kind.POINT))
_SHAPE, _ABOUT = Formal("shape", Kind.SHAPE), Formal("center", Kind.POINT, needed=False)

SIGNATURES: Mapping[str, Signature] = {
    "disk": Signature((_CENTRE, _RADIUS), "disk(center = (0, 0), radius = 1)", (2,)),
    "ellipse": Signature(
        (_CENTRE, Formal("radii", Kind.LENGTHS)), "ellipse(center = (0, 0), radii = (2, 1))", (2,)
    ),
    "ball": Signature((_CENTRE, _RADIUS), "ball(center = (0, 0, 0), radius = 1)"),
    "polygon": Signature(
        (Formal("corners", Kind.CORNERS),), "polygon([(0, 0), (1, 0), (0, 1)])", (2,)
    ),
    "cylinder": Signature(
        (*_ENDS, _RADIUS), "cylinder(start = (0, 0, 0), end = (0, 0, 1), radius = 1)", (3,)
    ),
    "cone": Signature(
        (*_ENDS, _RADIUS, Formal("end_radius", Kind.RADIUS, needed=False)),
        "cone(start = (0, 0, 0), end = (0, 0, 1), radius = 1)",
        (3,),
    ),
    "torus": Signature(
        (_CENTRE, Formal("axis", Kind.DIRECTION), _RADIUS, Formal("tube", Kind.LENGTH)),
        "torus(center = (0, 0, 0), axis = (0, 0, 1), radius = 1, tube = 0.2)",
        (3,),
    ),
    "halfspace": Signature(
        (Formal("point", Kind.POINT), Formal("normal", Kind.DIRECTION)),
        "halfspace(point = (0, 0), normal = (1, 0))",
    ),
    "implicit": Signature((Formal("formula", Kind.FORMULA),), "implicit(x^2 + y^2 - 1)", (1, 2, 3)),
    "stl": Signature((Formal("file", Kind.FILE),), 'stl("part.stl")', (3,)),
    "translate": Signature((_SHAPE, Formal("by", Kind.POINT)), "translate(hole, (1, 0))"),
    "rotate": Signature(
        (
            _SHAPE,
            Formal("angle", Kind.NUMBER),
            Formal("axis", Kind.DIRECTION, needed=False),
            _ABOUT,
        ),
        "rotate(hole, pi/4)",
        (2, 3),
    ),
    "scale": Signature((_SHAPE, Formal("by", Kind.FACTOR), _ABOUT), "scale(hole, 2)"),
}


@dataclass(slots=True)
class ArgumentReader:
    """Reads the arguments of shapes in ``d`` coordinates; reports E105, E107, E110."""

    resolver: Resolver
    folder: Folder
    d: int

    def bind(self, call: tree.Call) -> dict[str, tree.Expression] | None:
        """Return the arguments by formal name, or None after reporting what is wrong (E105)."""
        name, faults = call.function.name, self.resolver.faults
        signature = SIGNATURES[name]
        if signature.dimensions and self.d not in signature.dimensions:
            allowed = list_names(map(str, signature.dimensions))
            faults.add(
                "E105",
                f"`{name}` is a shape in {allowed} dimensions, and the domain has "
                f"{count_noun(self.d, 'coordinate')}",
                call.span,
                "another number of dimensions",
                help="write `disk(…)`" if name == "cylinder" and self.d == 2 else None,
            )
            return None
        bound: dict[str, tree.Expression] = {}
        formals = {formal.name: formal for formal in signature.formals}
        free = list(formals)
        for argument in call.arguments:
            word = argument.name.name if argument.name is not None else (free or [""])[0]
            if argument.name is None and not free:
                self._refuse(
                    call,
                    argument,
                    f"`{name}` takes {count_noun(len(formals), 'argument')}",
                    "one too many",
                )
                return None
            if word not in formals:
                near = similar(word, formals)
                self._refuse(
                    call, argument, f"`{name}` has no argument `{word}`", "not known here",
                    f"did you mean `{near}`?" if near else None,
                )  # fmt: skip
                return None
            if word in bound:
                self._refuse(call, argument, f"`{word}` is given twice", "the second")
                return None
            bound[word] = argument.value
            free.remove(word)
        missing = [f"`{f.name}`" for f in formals.values() if f.needed and f.name not in bound]
        if missing:
            faults.add(
                "E105",
                f"`{name}` needs {list_names(missing)}",
                call.span,
                "not all arguments",
                help=f"write for example `{signature.example}`",
            )
            return None
        return bound

    def _refuse(
        self,
        call: tree.Call,
        argument: tree.Argument,
        message: str,
        label: str,
        help: str | None = None,
    ) -> None:
        example = SIGNATURES[call.function.name].example
        self.resolver.faults.add(
            "E105", message, argument.span, label, help=help or f"write for example `{example}`"
        )

    # ----------------------------------------------------------------- values

    def number(self, node: tree.Expression, kind: Kind, axis: int = 0) -> float | None:
        """Return a constant in the unit of coordinate ``axis``; report one not positive where it must be."""
        if isinstance(node, tree.Range | tree.List):
            self._report_kind(node, kind)
            return None
        typed = self.resolver.resolve(node, CONSTANT)
        if typed is None or not self.resolver.ranks.require_rank(
            typed, Rank.SCALAR, f"{kind.value} is expected here"
        ):
            return None
        if self.resolver.units is not None:
            typed = self.resolver.units.in_unit_of(self.resolver.scope.space[axis], typed)
        value = self.folder.fold(typed) if typed is not None else None
        if value is None:
            return None
        too_small = value <= 0 if kind in (Kind.LENGTH, Kind.LENGTHS) else value < 0
        if too_small and kind in (Kind.LENGTH, Kind.LENGTHS, Kind.RADIUS):
            self.resolver.faults.add(
                "E105", f"this length is {value:g}", node.span, f"{kind.value} is expected here"
            )
            return None
        return value

    def vector(self, node: tree.Expression, kind: Kind) -> tuple[float, ...] | None:
        """Return one constant per coordinate (E110 for another number of them)."""
        items = node.items if isinstance(node, tree.Tuple) else (node,)
        if isinstance(node, tree.Range | tree.List):
            self._report_kind(node, kind)
            return None
        if len(items) != self.d:
            space = self.resolver.scope.space
            self.resolver.faults.add(
                "E110",
                f"a point has {count_noun(self.d, 'coordinate')} here, and this one has {len(items)}",
                node.span,
                count_noun(len(items), "coordinate"),
                notes=[f"the space coordinates are {', '.join(space)}"] if space else [],
            )
            return None
        values = [self.number(item, kind, axis) for axis, item in enumerate(items)]
        if any(value is None for value in values):
            return None
        found = tuple(value for value in values if value is not None)
        if kind is Kind.DIRECTION and not any(found):
            self.resolver.faults.add(
                "E105", "a direction needs a length", node.span, "the zero vector"
            )
            return None
        return found

    def factor(self, node: tree.Expression) -> tuple[float, ...] | None:
        """Return one factor per coordinate, none of them 0, from a tuple or one for all."""
        if isinstance(node, tree.Tuple):
            values = self.vector(node, Kind.FACTOR)
        else:
            value = self.number(node, Kind.FACTOR)
            values = None if value is None else (value,) * self.d
        if values is not None and not all(values):
            self.resolver.faults.add(
                "E105", "a factor of 0 leaves nothing of a shape", node.span, "is 0"
            )
            return None
        return values

    def corners(self, node: tree.Expression) -> np.ndarray | None:
        """Return the corners of a polygon, ``(m, 2)``."""
        if not isinstance(node, tree.List):
            self._report_kind(node, Kind.CORNERS)
            return None
        if len(node.items) < 3:
            self._report(
                node.span,
                "a polygon has at least three corners",
                count_noun(len(node.items), "corner"),
            )
            return None
        points = [self.vector(item, Kind.POINT) for item in node.items]
        if any(point is None for point in points):
            return None
        return np.array(points, dtype=float)

    def text(self, node: tree.Expression) -> tree.String | None:
        if isinstance(node, tree.String):
            return node
        self._report_kind(node, Kind.FILE)
        return None

    def _report_kind(self, node: tree.Expression, kind: Kind) -> None:
        self._report(
            node.span, f"{kind.value} is expected here", f"`{clip(node.span.text)}` is none"
        )

    def _report(self, span: Span, message: str, label: str) -> None:
        self.resolver.faults.add("E105", message, span, label)
