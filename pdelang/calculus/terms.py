"""Statements as residuals: one block per component and place, one term per label."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import sympy

from pdelang.calculus.expression_size import ExpressionTooLargeError
from pdelang.calculus.global_terms import expand_global
from pdelang.calculus.linearisation import linearise
from pdelang.calculus.operators import Expansion
from pdelang.calculus.poles import clear_poles, find_pole_bases
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import (
    AtData,
    AtPoint,
    Block,
    Functional,
    Interior,
    OnPiece,
    Place,
    Start,
    Term,
    TermKind,
)
from pdelang.calculus.tensors import Value, flatten, items_of
from pdelang.geometry.body import Sheet
from pdelang.geometry.names import name_side
from pdelang.semantics.expression import ComplexOf, Expression
from pdelang.semantics.problem import (
    BoundaryCondition,
    Part,
    Piece,
    PointCondition,
    Problem,
    Requirement,
    Surface,
)

LabelledBlock = tuple[str, TermKind, Block]
LabelledFunctional = tuple[str, Functional]


def derive_blocks(problem: Problem, symbols: Symbols) -> tuple[LabelledBlock, ...]:
    """Return every equation and condition as blocks, with label and kind, in canonical order."""
    return _Derivation(problem, symbols).blocks()


def derive_observations(problem: Problem, symbols: Symbols) -> tuple[LabelledBlock, ...]:
    """Return data and surplus conditions as blocks, as `derive_blocks` does."""
    return _Derivation(_observed(problem), symbols).blocks()


def _observed(problem: Problem) -> Problem:
    """Return the problem of the observations alone."""
    return replace(
        problem,
        equations=(),
        boundary_conditions=tuple(s for s in problem.surplus if isinstance(s, BoundaryCondition)),
        initial_conditions=(),
        point_conditions=tuple(s for s in problem.surplus if isinstance(s, PointCondition)),
        requirements=tuple(s for s in problem.surplus if isinstance(s, Requirement)),
    )


def collect_terms(
    blocks: Iterable[LabelledBlock], functionals: Iterable[LabelledFunctional]
) -> tuple[Term, ...]:
    """Return one term per label, equations first; a label of several kinds has the first kind."""
    kinds: dict[str, TermKind] = {}
    blocks_of: dict[str, list[Block]] = {}
    functionals_of: dict[str, list[Functional]] = {}
    for label, kind, block in blocks:
        kinds[label] = min(kind, kinds.get(label, kind), key=_kind_order)
        blocks_of.setdefault(label, []).append(block)
    for label, functional in functionals:
        kinds.setdefault(label, TermKind.GLOBAL)
        functionals_of.setdefault(label, []).append(functional)
    labels = sorted(kinds, key=lambda label: (_kind_order(kinds[label]), label))
    return tuple(
        Term(
            label,
            kinds[label],
            tuple(blocks_of.get(label, ())),
            tuple(functionals_of.get(label, ())),
        )
        for label in labels
    )


def outward_normal(side: Surface, symbols: Symbols) -> tuple[sympy.Expr, ...]:
    """Return the outward unit normal: numbers on a flat side, symbols where it changes."""
    if side.axis is None:
        return symbols.normal
    return tuple(
        sympy.Integer(0 if i != side.axis else (1 if side.upper else -1))
        for i in range(symbols.space_dimension)
    )


def side_suffixes(side: Expression, value: Value, names: Sequence[str]) -> tuple[str, ...]:
    """Return the suffixes of one side of an equation; a complex one has ``.re`` and ``.im``."""
    if not isinstance(side, ComplexOf):
        return component_suffixes(value, names)
    inner = component_suffixes(items_of(value)[0], names)
    return tuple(part + suffix for part in (".re", ".im") for suffix in inner)


def component_suffixes(value: Value, names: Sequence[str]) -> tuple[str, ...]:
    """Return ``.x``, ``.y`` for a vector, ``.xx`` … for a tensor, nothing for a scalar."""
    if not isinstance(value, tuple):
        return ("",)
    suffixes = []
    for name, item in zip(names, value, strict=False):
        suffixes += [f".{name}{inner[1:]}" for inner in component_suffixes(item, names)]
    return tuple(suffixes)


class _Derivation:
    """Expands the statements of one problem, with one expansion per normal."""

    def __init__(self, problem: Problem, symbols: Symbols) -> None:
        self.problem = problem
        self.symbols = symbols
        self._expansions: dict[Surface | None, Expansion] = {}
        self._bases = find_pole_bases(symbols.frame, problem.domain.poles)

    def blocks(self) -> tuple[LabelledBlock, ...]:
        p = self.problem
        found: list[LabelledBlock] = []
        for s in p.equations:
            found += self._at(Interior(), s.label, s.label, TermKind.EQUATION, s)
        for s in p.boundary_conditions:
            for part in s.parts:
                for piece in part.pieces:
                    name = f"{s.label} on {self._piece_name(part, piece)}"
                    found += self._at(OnPiece(part, piece), s.label, name, TermKind.BOUNDARY, s)
        for s in p.initial_conditions:
            found += self._at(Start(), s.label, s.label, TermKind.INITIAL, s)
        for s in p.point_conditions:
            expansion = self._expansion(None)
            point = tuple(float(expansion.scalar(e)) for e in s.point)
            found += self._at(AtPoint(point), s.label, s.label, TermKind.POINT, s)
        if not p.equations:
            found += self._data_blocks()
        found.sort(key=lambda item: (_kind_order(item[1]), item[0], _block_order(item[2])))
        return _with_unique_names(found)

    def _data_blocks(self) -> list[LabelledBlock]:
        found: list[LabelledBlock] = []
        for s in self.problem.data_conditions:
            for label, kind, block in self._at(
                AtData(s.data, ()), s.label, s.label, TermKind.DATA, s
            ):
                columns = tuple(
                    pair
                    for pair in self.symbols.columns_of(s.data.name)
                    if pair[1] in block.residual.expression.free_symbols
                )
                found.append((label, kind, replace(block, place=AtData(s.data, columns))))
        return found

    def _at(
        self, place: Place, label: str, name: str, kind: TermKind, statement
    ) -> list[LabelledBlock]:
        side = place.piece.side if isinstance(place, OnPiece) else None
        expansion = self._expansion(side)
        try:
            return [
                (label, kind, Block(full_name, linearise(e, self.symbols), place, statement.span))
                for full_name, e in self._difference(
                    expansion, statement.left, statement.right, label, name
                )
            ]
        except RecursionError:
            raise ExpressionTooLargeError(statement.span, "nested too deep") from None

    def _difference(
        self, expansion: Expansion, left: Expression, right: Expression, label: str, name: str
    ) -> list[tuple[str, sympy.Expr]]:
        """Return ``left − right`` by component, each with its name."""
        a, b = expansion(left), expansion(right)
        suffixes = side_suffixes(left, a, self.symbols.names)
        place = name.removeprefix(label)
        return [
            (label + suffix + place, clear_poles(p - q, self._bases))
            for suffix, p, q in zip(suffixes, flatten(a), flatten(b), strict=True)
        ]

    def _expansion(self, side: Surface | None) -> Expansion:
        if side not in self._expansions:
            normal = None if side is None else outward_normal(side, self.symbols)
            expansion = Expansion(
                self.symbols,
                self.problem.unknowns,
                normal,
                lambda node: expand_global(node, self.problem, self.symbols, expansion.scalar),
            )
            self._expansions[side] = expansion
        return self._expansions[side]

    def _piece_name(self, part: Part, piece: Piece) -> str:
        if len(part.pieces) == 1:
            return part.name
        return f"{part.name}.{name_side(piece.side, self.problem.domain.coordinates)}"


def _kind_order(kind: TermKind) -> int:
    return list(TermKind).index(kind)


def _block_order(block: Block) -> tuple:
    match block.place:
        case Interior() | Start():
            where: tuple = ()
        case OnPiece(part, piece):
            # Curved parts follow the flat ones.
            axis = math.inf if piece.side.axis is None else piece.side.axis
            sheet = piece.side.name if isinstance(piece.side, Sheet) else ""
            where = (axis, piece.side.upper, part.name, sheet)
        case AtPoint(point):
            where = point
        case AtData(data=data):
            where = (data.name,)
        case _:
            raise TypeError(f"no place: {block.place}")
    return (where, block.name, sympy.srepr(block.residual.expression))


def _with_unique_names(blocks: list[LabelledBlock]) -> tuple[LabelledBlock, ...]:
    """Number the blocks of one name, as two statements of one label on one part have."""
    names = [block.name for _, _, block in blocks]
    seen: dict[str, int] = {}
    result = []
    for label, kind, block in blocks:
        if names.count(block.name) > 1:
            seen[block.name] = seen.get(block.name, 0) + 1
            block = replace(block, name=f"{block.name} #{seen[block.name]}")
        result.append((label, kind, block))
    return tuple(result)
