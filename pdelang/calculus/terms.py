"""Statements as residuals: one block per component and place, one term per label."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import sympy

from pdelang.calculus.boundary_expansion import expand_on
from pdelang.calculus.expression_size import ExpressionTooLargeError
from pdelang.calculus.global_terms import expand_global
from pdelang.calculus.linearisation import linearise
from pdelang.calculus.operators import Expansion
from pdelang.calculus.poles import clear_poles, find_pole_bases
from pdelang.calculus.stands import (
    EVERYWHERE,
    Stand,
    stand_at,
    stand_at_data,
    stand_inside,
    stand_on,
)
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
from pdelang.geometry.interface import Seam
from pdelang.geometry.names import name_side
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.conditions import BoundaryCondition, PointCondition, Requirement
from pdelang.semantics.domain import Surface
from pdelang.semantics.expression import Aggregate, ComplexOf, Expression
from pdelang.semantics.problem import Problem

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
        self._expansions: dict[tuple[Surface | None, Stand], Expansion] = {}
        self._bases = find_pole_bases(symbols.frame, problem.domain.poles)

    def blocks(self) -> tuple[LabelledBlock, ...]:
        p = self.problem
        found: list[LabelledBlock] = []
        for s in p.equations:
            for stand, name in self._named(s.label, stand_inside(p, s.regions, s.left, s.right)):
                place = Interior(stand.region)
                found += self._at(place, s.label, name, TermKind.EQUATION, s, stand)
        for s in p.boundary_conditions:
            for part in s.parts:
                for piece in part.pieces:
                    stands = stand_on(p, part, piece, s.left, s.right)
                    name = f"{s.label} on {self._piece_name(part, piece)}"
                    names = [name for _, name in self._named(name, [stand for stand, _ in stands])]
                    for (stand, own), name in zip(stands, names, strict=True):
                        place = OnPiece(part, own)
                        found += self._at(place, s.label, name, TermKind.BOUNDARY, s, stand)
        for s in p.initial_conditions:
            for stand, name in self._named(s.label, stand_inside(p, (), s.left, s.right)):
                place = Start(stand.region)
                found += self._at(place, s.label, name, TermKind.INITIAL, s, stand)
        for s in p.point_conditions:
            expansion = self._expansion(None, EVERYWHERE)
            point = tuple(float(expansion.scalar(e)) for e in s.point)
            stand = stand_at(p, point, s.left, s.right)
            found += self._at(AtPoint(point), s.label, s.label, TermKind.POINT, s, stand)
        if not p.equations:
            found += self._data_blocks()
        found.sort(key=lambda item: (_kind_order(item[1]), item[0], _block_order(item[2])))
        return _with_unique_names(found)

    def _data_blocks(self) -> list[LabelledBlock]:
        found: list[LabelledBlock] = []
        for s in self.problem.data_conditions:
            stands = stand_at_data(self.problem, s.data, s.left, s.right)
            names = self._named(s.label, [stand for stand, _ in stands])
            for (stand, name), (_, data) in zip(names, stands, strict=True):
                for label, kind, block in self._at(
                    AtData(data, ()), s.label, name, TermKind.DATA, s, stand
                ):
                    columns = tuple(
                        pair
                        for pair in self.symbols.columns_of(data.name)
                        if pair[1] in block.residual.expression.free_symbols
                    )
                    found.append((label, kind, replace(block, place=AtData(data, columns))))
        return found

    def _named(self, name: str, stands: list[Stand]) -> list[tuple[Stand, str]]:
        """Return stands with names that tell their regions apart, where there are several."""
        if len(stands) < 2:
            return [(stand, name) for stand in stands]
        return [
            (stand, f"{name} in {stand.region.name if stand.region else 'the rest'}")
            for stand in stands
        ]

    def _at(
        self, place: Place, label: str, name: str, kind: TermKind, statement, stand: Stand
    ) -> list[LabelledBlock]:
        side = place.piece.side if isinstance(place, OnPiece) else None
        expansion = self._expansion(side, stand)
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

    def _expansion(self, side: Surface | None, stand: Stand) -> Expansion:
        key = (side, stand)
        if key not in self._expansions:
            p, symbols, aggregate = self.problem, self.symbols, self._expand_global
            if side is None:
                expansion = Expansion(symbols, p.unknowns, None, aggregate, stand)
            else:
                expansion = expand_on(side, p, symbols, stand, aggregate)
            self._expansions[key] = expansion
        return self._expansions[key]

    def _expand_global(self, node: Aggregate) -> sympy.Expr:
        return expand_global(node, self.problem, self.symbols)

    def _piece_name(self, part: Part, piece: Piece) -> str:
        if len(part.pieces) == 1 or part.interface is not None:
            return part.name
        return f"{part.name}.{name_side(piece.side, self.problem.domain.coordinates)}"


def _kind_order(kind: TermKind) -> int:
    return list(TermKind).index(kind)


def _block_order(block: Block) -> tuple:
    match block.place:
        case Interior(region) | Start(region):
            where: tuple = () if region is None else (region.name,)
        case OnPiece(part, piece):
            # Curved parts follow the flat ones.
            axis = math.inf if piece.side.axis is None else piece.side.axis
            sheet = piece.side.name if isinstance(piece.side, Sheet | Seam) else ""
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
