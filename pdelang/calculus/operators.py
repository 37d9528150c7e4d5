"""Typed expressions, expanded: every operator written out over coordinates and jets.

A value is a SymPy expression (scalar), a tuple of them (vector, one entry per space
coordinate) or a tuple of rows (tensor); a complex value is the pair of its parts. In curvilinear
coordinates the entries are those of the unit basis, and inside of an expansion vectors and tensors
have entries along the suppressed directions too (see `frame`). Conventions: ``grad(w)_ij = ∂_i w_j``,
``div(A)_j = ∂_i A_ij``, ``outer(a, b)_ij = a_i b_j``; in two dimensions ``curl`` of a
vector is the scalar ``∂_x w_y − ∂_y w_x`` and of a scalar the vector ``(∂_y ψ, −∂_x ψ)``: the
component along the direction that is not written, and the curl of a vector along it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy

from pdelang.calculus.constants import in_base_units, number, power
from pdelang.calculus.curvature import NormalSlopes, NoSlopeError
from pdelang.calculus.expression_size import ExpressionSizes, ExpressionTooLargeError
from pdelang.calculus.fit_expression import fit_expression
from pdelang.calculus.function_table import LANGUAGE_FUNCTIONS, LANGUAGE_RELATIONS
from pdelang.calculus.known_integral import known_integral
from pdelang.calculus.moved_jets import Variable
from pdelang.calculus.stands import EVERYWHERE, Stand, stands_at
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.table_function import table_function
from pdelang.calculus.tensors import (
    Value,
    contracted,
    crossed,
    flatten,
    items_of,
    map_scalars,
    scalar_of,
    scaled,
    total,
    transposed,
    zip_scalars,
)
from pdelang.calculus.total_derivative import total_derivative
from pdelang.calculus.unbuilt import UnbuiltError
from pdelang.semantics import expression as typed
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.traversal import post_order

_ADVICE_SLOPE = (
    "take the normal out of the derivative, `dot(grad(w), n)`, or write the curvature as a formula"
)


class Expansion:
    """Expands expressions at one kind of place, each node once.

    ``normal`` is the outward normal there: numbers on a side of a box, None where there is
    none. ``aggregate`` turns a global quantity into its symbol, in functionals only. ``stand``
    says among which regions: which function an unknown is there, and which branch of a
    conditional holds. ``slopes`` are those of the normal, without which it is flat. ``is_known``: no unknown
    occurs, so that integrals are functions of the coordinates.
    """

    def __init__(
        self,
        symbols: Symbols,
        unknowns: Sequence[Unknown],
        normal: tuple[sympy.Expr, ...] | None = None,
        aggregate: Callable[[typed.Aggregate], Value] | None = None,
        stand: Stand = EVERYWHERE,
        slopes: NormalSlopes | None = None,
        is_known: bool = False,
    ) -> None:
        self.symbols = symbols
        self.slopes = slopes
        self.unknowns = {unknown.name: unknown for unknown in unknowns}
        self.normal = normal
        self.aggregate = aggregate
        self.stand = stand
        self.is_known = is_known
        self._beside: dict[str, Expansion] = {}
        self._known: dict[typed.Expression, Value] = {}
        self.frame = symbols.frame
        self._sizes = ExpressionSizes()
        self._coordinates: dict[str, sympy.Expr] = dict(
            zip(symbols.names, symbols.coordinates, strict=True), **symbols.held
        )
        self._variables: dict[typed.Bound, sympy.Symbol] = {}

    @property
    def _space(self) -> tuple[str, ...]:
        return self.symbols.names[: self.symbols.space_dimension]

    def __call__(self, node: typed.Expression) -> Value:
        """Return the value of a node: scalar, vector or tensor by its rank, as written."""
        if isinstance(node, typed.ComplexOf):
            return (self(node.re), self(node.im))
        value = self._restricted(node)
        return value if self.slopes is None else map_scalars(self.slopes.written, value)

    def _restricted(self, node: typed.Expression) -> Value:
        return self.frame.restrict(self._full(node))

    def _full(self, node: typed.Expression) -> Value:
        """Return the value of a node with all its entries."""
        if node in self._known:
            return self._known[node]
        try:
            value = self._expand(node)
            for entry in flatten(value):
                self._sizes.check(entry, node.span)
        except NoSlopeError as fault:
            what = f"a derivative of the normal {fault}"
            raise UnbuiltError(node.span, what, _ADVICE_SLOPE) from None
        except RecursionError:
            raise ExpressionTooLargeError(node.span, "nested too deep") from None
        self._known[node] = value
        return value

    def full(self, node: typed.Expression) -> Value:
        """Return the value of a node with its entries along the suppressed directions too."""
        return self._full(node)

    def scalar(self, node: typed.Expression) -> sympy.Expr:
        """Return the value of a node of rank SCALAR."""
        return scalar_of(self._full(node))

    def _expand(self, node: typed.Expression) -> Value:
        match node:
            case typed.Constant():
                return number(node.value)
            case typed.Pi():
                return sympy.pi
            case typed.Coordinate():
                return self._coordinates[node.name]
            case typed.Parameter():
                return self._parameter(node)
            case typed.UnknownReference():
                unknown = self.unknowns[node.name]
                names = unknown.fields_in(self.stand.homes.get(node.name))
                fields = tuple(in_base_units(self.symbols.value(name), unknown) for name in names)
                if unknown.is_complex:
                    return fields
                return self.frame.embed(fields) if unknown.rank is typed.Rank.VECTOR else fields[0]
            case typed.Normal():
                return self._normal()
            case typed.ComplexPart():
                return items_of(self._full(node.operand))[node.axis]
            case typed.Component():
                return items_of(self._restricted(node.operand))[node.axis]
            case typed.VectorOf():
                return self.frame.embed(tuple(self.scalar(item) for item in node.items))
            case typed.Derivative():
                value = self._full(node.operand)
                for name in node.coordinates:
                    value = self._d(value, self.symbols.names.index(name))
                return value
            case typed.Conditional():
                return self._conditional(node)
            case typed.Sided():
                return self._look_at(node.operand, node.region.name)
            case typed.Jump():
                first, second = (self._look_at(node.operand, name) for name in self.stand.sides)
                return zip_scalars(lambda p, q: p - q, second, first)
            case typed.Aggregate():
                if self.aggregate is None:
                    raise ValueError("a global quantity outside require and report")
                return self.frame.embed(self.aggregate(node))
            case typed.TableValue():
                orders = (0,) * len(node.arguments)
                return table_function(node.table, orders)(*map(self.scalar, node.arguments))  # type: ignore[return-value]
            case typed.Bound():
                return self._variable(node)
            case typed.Elsewhere():
                return self._elsewhere(node)
            case typed.RangeIntegral():
                return self._integral(node)
            case typed.FitReference():
                return fit_expression(self.symbols.fits[node.name], self.scalar, self.symbols)
            case typed.DataColumn():
                return self.symbols.column(node.data, node.column)
            case typed.Apply(
                function="abs" | "sign" | "heaviside" as function, arguments=(inner,)
            ) if sign := self.stand.sign(inner, self._space):
                # Within one region there is no kink, nor a step.
                match function:
                    case "abs":
                        return map_scalars(lambda e: sign * e, self._full(inner))
                    case "sign":
                        return sympy.Integer(sign)
                    case _:
                        return sympy.Integer((1 + sign) // 2)
            case typed.Apply():
                return self._apply(node.function, tuple(self._full(a) for a in node.arguments))
            case typed.Comparison() | typed.Logic():
                raise ValueError("a predicate outside a conditional")
            case _:
                raise TypeError(f"no expansion for {type(node).__name__}")

    def _look_at(self, operand: typed.Expression, side: str) -> Value:
        """Return a value on one side of an interface, where `periodic` joins regions that of another point."""
        beside = self._seen_from(side)
        value, place = beside._full(operand), self._place_of(beside.stand.moves)
        relocate = self.symbols.elsewhere.relocate
        return map_scalars(lambda e: relocate(e, place), value) if place else value

    def _place_of(
        self, moves: Sequence[tuple[str, typed.Expression]]
    ) -> dict[sympy.Symbol, sympy.Expr]:
        """Return the values of the coordinates that are moved."""
        place: dict[sympy.Symbol, sympy.Expr] = {}
        for name, e in moves:
            # What is written is in base units, and symbols are in the declared ones.
            axis = self.symbols.names.index(name)
            symbol = self.symbols.coordinates[axis]
            place[symbol] = self.scalar(e) * symbol / self._coordinates[name]
        return place

    def _seen_from(self, side: str) -> Expansion:
        """Return the expansion on one side of an interface."""
        if side not in self._beside:
            if side not in self.stand.sides:
                raise ValueError("a side off its interface")
            stand = self.stand.sides[side]
            inner = Expansion(
                self.symbols,
                tuple(self.unknowns.values()),
                self.normal,
                self.aggregate,
                stand,
                self.slopes,
            )
            self._beside[side] = inner
        return self._beside[side]

    def _parameter(self, node: typed.Parameter) -> Value:
        """Expand innermost first: a long chain of definitions must not fill Python's stack."""
        pending = [node]
        while pending:
            inner = [
                p
                for p in post_order(pending[-1].definition)
                if isinstance(p, typed.Parameter) and p not in self._known
            ]
            if inner:
                pending += inner
            else:
                last = pending.pop()
                self._known[last] = self._full(last.definition)
        return self._known[node]

    def _apply(self, function: str, arguments: tuple[Value, ...]) -> Value:
        match function, arguments:
            case "neg", (a,):
                return map_scalars(lambda e: -e, a)
            case "+", (a, b):
                return zip_scalars(lambda p, q: p + q, a, b)
            case "-", (a, b):
                return zip_scalars(lambda p, q: p - q, a, b)
            case "*", (a, b):
                if isinstance(a, tuple):
                    a, b = b, a
                return scaled(scalar_of(a), b)
            case "/", (a, b):
                divisor = scalar_of(b)
                return map_scalars(lambda e: e / divisor, a)
            case "^", (a, b):
                return power(scalar_of(a), scalar_of(b))
            case (("grad" | "div" | "curl" | "lap" | "adv" | "dn"), _):
                return self._differential(function, arguments)
            case "dot", (a, b):
                return contracted(a, b)
            case "cross", (a, b):
                product = crossed(items_of(a), items_of(b))
                return self._out_of_plane(product) if self._is_plane else product
            case "outer", (a, b):
                return tuple(scaled(scalar_of(p), b) for p in items_of(a))
            case "transpose", (a,):
                return transposed(a)
            case "tr", (a,):
                return sympy.Add(
                    *(scalar_of(items_of(row)[i]) for i, row in enumerate(items_of(a)))
                )
            case "sym", (a,):
                return zip_scalars(lambda p, q: (p + q) / 2, a, transposed(a))
            case "norm", (a,):
                return sympy.sqrt(sympy.Add(*(e**2 for e in flatten(a))))
            case "identity", _:
                d = range(len(self.frame.directions))
                return tuple(tuple(sympy.Integer(i == j) for j in d) for i in d)
            case "tangential", (a,):
                normal = self._normal()
                along = scalar_of(contracted(a, normal))
                return zip_scalars(lambda p, q: p - along * q, a, normal)
            case _ if function in LANGUAGE_FUNCTIONS:
                return LANGUAGE_FUNCTIONS[function](*map(scalar_of, arguments))  # type: ignore[return-value]
            case _:
                raise TypeError(f"no expansion for the function {function}")

    def _differential(self, function: str, arguments: tuple[Value, ...]) -> Value:
        match function, arguments:
            case "grad", (a,):
                return self.frame.gradient(a, self._slope)
            case "div", (a,):
                return self._divergence(a)
            case "lap", (a,):
                return self._divergence(self.frame.gradient(a, self._slope))
            case "adv", (a, b):
                return self._along(a, b)
            case "dn", (a,):
                return self._along(self._normal(), a)
            case "curl", (a,):
                return self._curl(a)
            case _:
                raise TypeError(f"wrong arguments of {function}")

    def _divergence(self, a: Value) -> Value:
        """Return ``Σ_i (∇a)_i i…``, the trace over the first two indices of the gradient."""
        directions = range(len(items_of(a)))
        if self.frame.is_straight:
            return total(self.frame.along(i, items_of(a)[i], self._slope) for i in directions)
        return total(items_of(self.frame.along(i, a, self._slope))[i] for i in directions)

    def _along(self, direction: Value, value: Value) -> Value:
        """Return ``(direction·∇) value``; derivatives along zero components are not taken."""
        parts = [
            scaled(p, self.frame.along(i, value, self._slope))
            for i, c in enumerate(items_of(direction))
            if (p := scalar_of(c)) != 0
        ]
        return total(parts) if parts else map_scalars(lambda e: sympy.S.Zero, value)

    def _curl(self, a: Value) -> Value:
        match self.symbols.space_dimension, isinstance(a, tuple):
            case ((2 | 3), True):
                turned = self._rotation(items_of(a))
                return self._out_of_plane(turned) if self._is_plane else turned
            case 2, False:
                if len(self.frame.directions) == 2:
                    first, second = (self.frame.along(i, a, self._slope) for i in (0, 1))
                    return (second, map_scalars(lambda e: -e, first))
                suppressed = self.frame.suppressed
                return self._rotation(
                    tuple(a if i == suppressed else sympy.S.Zero for i in range(3))
                )
            case dimension, _:
                raise TypeError(f"no curl of this rank in {dimension} dimensions")

    def _rotation(self, a: tuple[Value, ...]) -> Value:
        """Return the curl of a vector; in a plane of two directions its component out of it."""
        slopes = self.frame.gradient(a, self._slope)

        def d(component: int, axis: int) -> sympy.Expr:
            return scalar_of(items_of(slopes[axis])[component])

        if len(a) == 2:
            return d(1, 0) - d(0, 1)
        return (d(2, 1) - d(1, 2), d(0, 2) - d(2, 0), d(1, 0) - d(0, 1))

    @property
    def _is_plane(self) -> bool:
        return self.symbols.space_dimension == 2

    def _out_of_plane(self, value: Value) -> Value:
        """Return the component along the direction that is not written."""
        return value[self.frame.suppressed] if isinstance(value, tuple) else value

    def _slope(self, e: sympy.Expr, axis: int) -> sympy.Expr:
        slope_of = None if self.slopes is None else self.slopes.slope
        return total_derivative(e, axis, self.symbols, slope_of)

    def _d(self, value: Value, axis: int) -> Value:
        return map_scalars(lambda e: self._slope(e, axis), value)

    def _normal(self) -> tuple[sympy.Expr, ...]:
        if self.normal is None:
            raise ValueError("a normal off the boundary")
        return self.frame.outward(self.normal)

    def _variable(self, node: typed.Bound) -> sympy.Symbol:
        if node not in self._variables:
            self._variables[node] = self.symbols.elsewhere.variable(node.name)
        return self._variables[node]

    def _elsewhere(self, node: typed.Elsewhere) -> Value:
        place = self._place_of(node.moves)
        relocate = self.symbols.elsewhere.relocate
        names = {n.name for n in post_order(node.operand) if isinstance(n, typed.UnknownReference)}
        is_split = any(len(self.unknowns[name].regions) > 1 for name in names)
        if isinstance(node, typed.Identified) and node.region is not None:
            beyond = self._standing(Stand(node.region, dict.fromkeys(names, node.region)))
            return map_scalars(lambda e: relocate(e, place), beyond._full(node.operand))
        if isinstance(node, typed.Identified) or not is_split:
            return map_scalars(lambda e: relocate(e, place), self._full(node.operand))
        # What an unknown with interfaces is depends on the region of the place.
        space = self.symbols.coordinates[: self.symbols.space_dimension]
        problem = self.symbols.problem
        assert problem is not None
        where = stands_at(problem, [place.get(s, s) for s in space], node)
        values = [
            map_scalars(lambda e: relocate(e, place), self._standing(stand)._full(node.operand))
            for stand, _ in where
        ]
        result = values[-1]
        for value, (_, condition) in reversed(list(zip(values[:-1], where, strict=False))):
            result = zip_scalars(
                lambda a, b, c=condition: sympy.Piecewise((a, c), (b, True), evaluate=False),
                value,
                result,
            )
        return result

    def _standing(self, stand: Stand) -> Expansion:
        """Return the expansion at another place, inside a region."""
        return Expansion(
            self.symbols,
            tuple(self.unknowns.values()),
            aggregate=self.aggregate,
            stand=stand,
            is_known=self.is_known,
        )

    def _integral(self, node: typed.RangeIntegral) -> Value:
        low, high = self.scalar(node.low), self.scalar(node.high)
        variable = Variable(self._variable(node.variable), low, high)
        integrate = known_integral if self.is_known else self.symbols.elsewhere.integrate
        return integrate(variable, self.scalar(node.operand))

    def _conditional(self, node: typed.Conditional) -> Value:
        decided = self.stand.decide(node.predicate, self._space)
        if decided is not None:
            return self._full(node.then if decided else node.otherwise)
        predicate = self._predicate(node.predicate)
        if predicate in (sympy.true, sympy.false):
            return self._full(node.then if predicate == sympy.true else node.otherwise)
        return zip_scalars(
            lambda a, b: (
                a if a == b else sympy.Piecewise((a, predicate), (b, True), evaluate=False)
            ),
            self._full(node.then),
            self._full(node.otherwise),
        )

    def _predicate(self, node: typed.Expression) -> sympy.Basic:
        match node:
            case typed.Comparison():
                left, right = self.scalar(node.left), self.scalar(node.right)
                # SymPy's own reasoning about relations is slow and fails on complex values.
                evaluate = left.is_real is True and right.is_real is True
                known = evaluate and not (left.free_symbols or right.free_symbols)
                return LANGUAGE_RELATIONS[node.operator](left, right, evaluate=known)
            case typed.Logic():
                operands = [self._predicate(operand) for operand in node.operands]
                match node.operator:
                    case "and":
                        return sympy.And(*operands, evaluate=_is_decided(operands))  # type: ignore[call-arg]
                    case "or":
                        return sympy.Or(*operands, evaluate=_is_decided(operands))  # type: ignore[call-arg]
                    case "not":
                        return sympy.Not(operands[0])
                    case _:
                        raise TypeError(f"no logic operator {node.operator}")
            case _:
                raise TypeError(f"no predicate: {type(node).__name__}")

    def predicate(self, node: typed.Expression) -> sympy.Basic:
        """Return a predicate as a SymPy Boolean."""
        return self._predicate(node)


def _is_decided(operands: list[sympy.Basic]) -> bool:
    return any(operand in (sympy.true, sympy.false) for operand in operands)
