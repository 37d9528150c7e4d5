"""Typed expressions, expanded: every operator written out over coordinates and jets.

A value is a SymPy expression (scalar), a tuple of them (vector, one entry per space
coordinate) or a tuple of rows (tensor). Conventions: ``grad(w)_ij = ∂_i w_j``,
``div(A)_j = ∂_i A_ij``, ``outer(a, b)_ij = a_i b_j``; in two dimensions ``curl`` of a
vector is the scalar ``∂_x w_y − ∂_y w_x`` and of a scalar the vector ``(∂_y ψ, −∂_x ψ)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy

from pdelang.calculus.constants import number, power
from pdelang.calculus.expression_size import (
    LARGEST,
    ExpressionSizes,
    ExpressionTooLargeError,
)
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.total_derivative import total_derivative
from pdelang.semantics import expression as typed
from pdelang.semantics.problem import Unknown

Value = sympy.Expr | tuple["Value", ...]

# Functions of the language that SymPy calls otherwise or that need care stand in `_apply`.
_FUNCTIONS: dict[str, Callable[..., sympy.Basic]] = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "atan2": sympy.atan2,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "min": sympy.Min,
    "max": sympy.Max,
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "heaviside": sympy.Heaviside,
}

_RELATIONS: dict[str, Callable[..., sympy.Basic]] = {
    "<": sympy.StrictLessThan,
    "<=": sympy.LessThan,
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
    "==": sympy.Equality,
    "!=": sympy.Unequality,
}


class Expansion:
    """Expands expressions at one kind of place, each node once.

    ``normal`` is the outward normal there: numbers on a side of a box, None where there is
    none. ``aggregate`` turns a global quantity into its symbol, in functionals only.
    """

    def __init__(
        self,
        symbols: Symbols,
        unknowns: Sequence[Unknown],
        normal: tuple[sympy.Expr, ...] | None = None,
        aggregate: Callable[[typed.Aggregate], Value] | None = None,
    ) -> None:
        self.symbols = symbols
        self.unknowns = {unknown.name: unknown for unknown in unknowns}
        self.normal = normal
        self.aggregate = aggregate
        self._known: dict[typed.Expression, Value] = {}
        self._sizes = ExpressionSizes()
        self._coordinates = dict(zip(symbols.names, symbols.coordinates, strict=True))

    def __call__(self, node: typed.Expression) -> Value:
        """Return the value of a node: scalar, vector or tensor by its rank."""
        if node in self._known:
            return self._known[node]
        try:
            value = self._expand(node)
            size = max(map(self._sizes, flatten(value)))
        except RecursionError:
            raise ExpressionTooLargeError(node.span, "nested too deep") from None
        if size > LARGEST:
            raise ExpressionTooLargeError(node.span, "too large")
        self._known[node] = value
        return value

    def scalar(self, node: typed.Expression) -> sympy.Expr:
        """Return the value of a node of rank SCALAR."""
        return _scalar(self(node))

    def _expand(self, node: typed.Expression) -> Value:
        match node:
            case typed.Constant():
                return number(node.value)
            case typed.Pi():
                return sympy.pi
            case typed.Coordinate():
                return self._coordinates[node.name]
            case typed.Parameter():
                return self(node.definition)
            case typed.UnknownReference():
                unknown = self.unknowns[node.name]
                fields = tuple(self.symbols.value(c) for c in unknown.components)
                return fields if unknown.rank is typed.Rank.VECTOR else fields[0]
            case typed.Normal():
                return self._normal()
            case typed.Component():
                return _items(self(node.operand))[node.axis]
            case typed.VectorOf():
                return tuple(self(item) for item in node.items)
            case typed.Derivative():
                value = self(node.operand)
                for name in node.coordinates:
                    value = self._d(value, self.symbols.names.index(name))
                return value
            case typed.Conditional():
                return self._conditional(node)
            case typed.Aggregate():
                if self.aggregate is None:
                    raise ValueError("a global quantity outside require and report")
                return self.aggregate(node)
            case typed.Apply():
                return self._apply(node.function, tuple(self(a) for a in node.arguments))
            case typed.Comparison() | typed.Logic():
                raise ValueError("a predicate outside a conditional")
            case _:
                raise TypeError(f"no expansion for {type(node).__name__}")

    def _apply(self, function: str, arguments: tuple[Value, ...]) -> Value:
        match function, arguments:
            case "neg", (a,):
                return _map(lambda e: -e, a)
            case "+", (a, b):
                return _zip(lambda p, q: p + q, a, b)
            case "-", (a, b):
                return _zip(lambda p, q: p - q, a, b)
            case "*", (a, b):
                if isinstance(a, tuple):
                    a, b = b, a
                return _scale(_scalar(a), b)
            case "/", (a, b):
                divisor = _scalar(b)
                return _map(lambda e: e / divisor, a)
            case "^", (a, b):
                return power(_scalar(a), _scalar(b))
            case (("grad" | "div" | "curl" | "lap" | "adv" | "dn"), _):
                return self._differential(function, arguments)
            case "dot", (a, b):
                return _dot(a, b)
            case "cross", (a, b):
                return _cross(_items(a), _items(b))
            case "outer", (a, b):
                return tuple(_scale(_scalar(p), b) for p in _items(a))
            case "transpose", (a,):
                return _transpose(a)
            case "tr", (a,):
                return sympy.Add(*(_scalar(_items(row)[i]) for i, row in enumerate(_items(a))))
            case "sym", (a,):
                return _zip(lambda p, q: (p + q) / 2, a, _transpose(a))
            case "norm", (a,):
                return sympy.sqrt(sympy.Add(*(e**2 for e in flatten(a))))
            case "identity", _:
                d = range(self.symbols.space_dimension)
                return tuple(tuple(sympy.Integer(i == j) for j in d) for i in d)
            case "tangential", (a,):
                normal = self._normal()
                along = _scalar(_dot(a, normal))
                return _zip(lambda p, q: p - along * q, a, normal)
            case _ if function in _FUNCTIONS:
                return _FUNCTIONS[function](*map(_scalar, arguments))  # type: ignore[return-value]
            case _:
                raise TypeError(f"no expansion for the function {function}")

    def _differential(self, function: str, arguments: tuple[Value, ...]) -> Value:
        axes = range(self.symbols.space_dimension)
        match function, arguments:
            case "grad", (a,):
                return tuple(self._d(a, i) for i in axes)
            case "div", (a,):
                return _sum(self._d(_items(a)[i], i) for i in axes)
            case "lap", (a,):
                return _sum(self._d(self._d(a, i), i) for i in axes)
            case "adv", (a, b):
                return self._along(a, b)
            case "dn", (a,):
                return self._along(self._normal(), a)
            case "curl", (a,):
                return self._curl(a)
            case _:
                raise TypeError(f"wrong arguments of {function}")

    def _along(self, direction: Value, value: Value) -> Value:
        """Return ``(direction·∇) value``; derivatives along zero components are not taken."""
        parts = [
            _scale(p, self._d(value, i))
            for i, c in enumerate(_items(direction))
            if (p := _scalar(c)) != 0
        ]
        return _sum(parts) if parts else _map(lambda e: sympy.S.Zero, value)

    def _curl(self, a: Value) -> Value:
        def d(component: int, axis: int) -> sympy.Expr:
            return _scalar(self._d(_items(a)[component], axis))

        match self.symbols.space_dimension, isinstance(a, tuple):
            case 3, True:
                return (d(2, 1) - d(1, 2), d(0, 2) - d(2, 0), d(1, 0) - d(0, 1))
            case 2, True:
                return d(1, 0) - d(0, 1)
            case 2, False:
                return (self._d(a, 1), _map(lambda e: -e, self._d(a, 0)))
            case dimension, _:
                raise TypeError(f"no curl of this rank in {dimension} dimensions")

    def _d(self, value: Value, axis: int) -> Value:
        return _map(lambda e: total_derivative(e, axis, self.symbols), value)

    def _normal(self) -> tuple[sympy.Expr, ...]:
        if self.normal is None:
            raise ValueError("a normal off the boundary")
        return self.normal

    def _conditional(self, node: typed.Conditional) -> Value:
        predicate = self._predicate(node.predicate)
        if predicate in (sympy.true, sympy.false):
            return self(node.then if predicate == sympy.true else node.otherwise)
        return _zip(
            lambda a, b: (
                a if a == b else sympy.Piecewise((a, predicate), (b, True), evaluate=False)
            ),
            self(node.then),
            self(node.otherwise),
        )

    def _predicate(self, node: typed.Expression) -> sympy.Basic:
        match node:
            case typed.Comparison():
                left, right = self.scalar(node.left), self.scalar(node.right)
                # SymPy's own reasoning about relations is slow and fails on complex values.
                evaluate = left.is_real is True and right.is_real is True
                known = evaluate and not (left.free_symbols or right.free_symbols)
                return _RELATIONS[node.operator](left, right, evaluate=known)
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


def flatten(value: Value) -> tuple[sympy.Expr, ...]:
    """Return the scalars of a value, row by row."""
    if isinstance(value, tuple):
        return tuple(e for item in value for e in flatten(item))
    return (value,)


def _is_decided(operands: list[sympy.Basic]) -> bool:
    return any(operand in (sympy.true, sympy.false) for operand in operands)


def _scalar(value: Value) -> sympy.Expr:
    if isinstance(value, tuple):
        raise TypeError("a scalar is needed here")
    return value


def _items(value: Value) -> tuple[Value, ...]:
    if not isinstance(value, tuple):
        raise TypeError("a vector or tensor is needed here")
    return value


def _map(function: Callable[[sympy.Expr], sympy.Expr], value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_map(function, item) for item in value)
    return function(value)


def _scale(factor: sympy.Expr, value: Value) -> Value:
    return _map(lambda e: factor * e, value)


def _zip(function: Callable[[sympy.Expr, sympy.Expr], sympy.Expr], a: Value, b: Value) -> Value:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(_zip(function, p, q) for p, q in zip(a, b, strict=True))
    return function(_scalar(a), _scalar(b))


def _sum(values) -> Value:
    total, *rest = values
    for value in rest:
        total = _zip(lambda p, q: p + q, total, value)
    return total


def _transpose(a: Value) -> Value:
    return tuple(zip(*(_items(row) for row in _items(a)), strict=True))


def _dot(a: Value, b: Value) -> Value:
    """Contract the last index of ``a`` with the first of ``b``."""
    if isinstance(_items(a)[0], tuple):
        return tuple(_dot(row, b) for row in _items(a))
    return _sum([_scale(_scalar(p), q) for p, q in zip(_items(a), _items(b), strict=True)])


def _cross(a: tuple[Value, ...], b: tuple[Value, ...]) -> Value:
    p, q = [_scalar(e) for e in a], [_scalar(e) for e in b]
    match len(p):
        case 3:
            return (
                p[1] * q[2] - p[2] * q[1],
                p[2] * q[0] - p[0] * q[2],
                p[0] * q[1] - p[1] * q[0],
            )
        case 2:
            return p[0] * q[1] - p[1] * q[0]
        case d:
            raise TypeError(f"no cross product in {d} dimensions")
