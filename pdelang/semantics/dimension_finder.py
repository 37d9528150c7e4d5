"""The physical dimension of every expression (E120): two lines a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.constants import clip
from pdelang.semantics.dimension import NUMBER, Dimension
from pdelang.semantics.expression import (
    Aggregate,
    AggregateKind,
    Apply,
    Bound,
    Comparison,
    ComplexOf,
    Component,
    Conditional,
    Constant,
    Coordinate,
    DataColumn,
    Derivative,
    Elsewhere,
    Expression,
    FitReference,
    Jump,
    Logic,
    Normal,
    OnEdge,
    Parameter,
    Pi,
    RangeIntegral,
    Sided,
    UnknownReference,
    VectorOf,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.named_dimensions import NamedDimensions, say_unit
from pdelang.semantics.traversal import children, post_order

_OF_NUMBERS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "exp",
        "log",
        "erf",
        "erfc",
        "besselj",
        "bessely",
    ]
)
_KEEPING = frozenset(
    ["neg", "abs", "transpose", "tr", "sym", "norm", "tangential", "re", "im", "conj"]
)
_SLOPES = {"grad": 1, "div": 1, "curl": 1, "dn": 1, "lap": 2}
_ALIKE = frozenset({"+", "-", "min", "max"})


@dataclass(slots=True)
class DimensionFinder(NamedDimensions):
    """Finds dimensions, each node once; what a fault makes doubtful has none (None)."""

    _found: dict[int, tuple[Expression, Dimension | None]] = field(default_factory=dict)

    def state(self, node: Expression, dimension: Dimension) -> None:
        """Say what the dimension of a node is, whatever it is made of."""
        self._found[id(node)] = (node, dimension)

    def find(self, root: Expression) -> Dimension | None:
        """Return the dimension of an expression; None after reporting a fault in it."""
        for node in post_order(root):
            if id(node) not in self._found:
                self._found[id(node)] = (node, self._find_node(node))
        return self._found[id(root)][1]

    def check_equal(self, span: Span, left: Expression, right: Expression, what: str) -> bool:
        """Report two expressions that must have one dimension and do not."""
        a, b = self.find(left), self.find(right)
        if a is None or b is None:
            return False
        return self._require_equal(span, [left, right], [a, b], what)

    # ----------------------------------------------------------------- rules

    def _find_node(self, node: Expression) -> Dimension | None:
        below = [self._found[id(child)][1] for child in children(node)]
        match node:
            case Constant(value=value):
                # Zero fits any unit.
                return self.variables.variable() if value == 0 else NUMBER
            case Pi() | Normal() | OnEdge() | Logic():
                return NUMBER
            case Coordinate(name=name) | UnknownReference(name=name) | FitReference(name=name):
                return self.dimension_of(name)
            case DataColumn(data=data, column=column):
                is_named = column in self._names or self.scope.find(column) is not None
                return self.dimension_of(column if is_named else f"{data}.{column}")
            case Bound():
                return self.variables.variable()
            case Parameter(name=name, definition=definition):
                return self._names[name] if name in self._names else self.find(definition)
            case _ if any(d is None for d in below):
                return None
        known = [d for d in below if d is not None]
        match node:
            case Component() | Sided() | Jump():
                return known[0]
            case ComplexOf(re=re, im=im):
                return self._all_equal(
                    node.span, [re, im], known, "the two parts of a complex value"
                )
            case VectorOf(items=items):
                return self._all_equal(node.span, items, known, "the components of a vector")
            case Comparison(left=left, right=right):
                sides = "the two sides of a comparison"
                return (
                    NUMBER if self._require_equal(node.span, [left, right], known, sides) else None
                )
            case Conditional(then=then, otherwise=otherwise):
                return self._all_equal(
                    node.span, [then, otherwise], known[1:], "the alternatives of one `if`"
                )
            case Derivative(coordinates=names):
                result = known[0]
                for name in names:
                    result = result.over(self.dimension_of(name))
                return result
            case Aggregate(kind=kind, on=on):
                if kind is not AggregateKind.INTEGRAL:
                    return known[0]
                measure = self.content()
                length = self.length(node) if on is not None else NUMBER
                return None if length is None else known[0].times(measure).over(length)
            case Apply(function=function, arguments=arguments):
                return self._apply(node, function, arguments, known)
            case RangeIntegral(variable=variable, low=low, high=high):
                ends = [low, high, variable]
                along = [known[1], known[2], self.find(variable) or NUMBER]
                length = self._all_equal(node.span, ends, along, "the ends of a range")
                return None if length is None else known[0].times(length)
            case Elsewhere(moves=moves):
                for (name, value), dimension in zip(moves, known[1:], strict=True):
                    if not self.variables.unify(self.dimension_of(name), dimension):
                        self._report_moved(name, value, dimension)
                        return None
                return known[0]
            case _:
                # A form without a rule here must not be converted by guess.
                self.faults.add(
                    "E190",
                    f"`{clip(node.span.text)}` in a spec with units is not supported yet",
                    node.span,
                    "not supported yet",
                    help="remove the units; all numbers are then taken in one consistent system",
                )
                return None

    def _apply(
        self, node: Apply, function: str, arguments: Sequence[Expression], known: list[Dimension]
    ) -> Dimension | None:
        match function:
            case _ if function in _ALIKE:
                word = {"+": "added", "-": "subtracted"}.get(function, "compared")
                return self._all_equal(node.span, arguments, known, word)
            case "*" | "dot" | "cross" | "outer":
                return known[0].times(known[1])
            case "/":
                return known[0].over(known[1])
            case "^":
                return self._power(node, arguments[0], arguments[1], known)
            case "sqrt":
                return known[0].to(Fraction(1, 2))
            case "sign" | "heaviside" | "identity":
                return NUMBER
            case "atan2" | "arg":
                return NUMBER if self._all_equal(node.span, arguments, known, "compared") else None
            case "adv":
                length = self.length(node)
                return None if length is None else known[0].times(known[1]).over(length)
            case _ if function in _SLOPES:
                length = self.length(node)
                if length is None:
                    return None
                return known[0].over(length.to(Fraction(_SLOPES[function])))
            case _ if function in _KEEPING:
                return known[0]
            case _ if function in _OF_NUMBERS:
                for argument, dimension in zip(arguments, known, strict=True):
                    if not self._require_number(argument, dimension, f"`{function}` takes"):
                        return None
                return NUMBER
            case _:
                raise TypeError(f"no dimension for the function {function}")

    def _power(
        self, node: Apply, base: Expression, exponent: Expression, known: list[Dimension]
    ) -> Dimension | None:
        if not self._require_number(exponent, known[1], "an exponent is"):
            return None
        if not self.variables.resolve(known[0]).powers:
            return NUMBER
        value = _constant_value(exponent)
        if value is not None:
            return known[0].to(value)
        # 2^x of a quantity with a unit has no unit at all.
        return (
            NUMBER
            if self._require_number(base, known[0], "a power that varies has as base")
            else None
        )

    # -------------------------------------------------------------- messages

    def _report_moved(self, name: str, value: Expression, dimension: Dimension) -> None:
        own = self.say(self.dimension_of(name))
        self.faults.add(
            "E120",
            f"`{name}` is {own}, and its value here is {self.say(dimension)}",
            value.span,
            self.say(dimension),
            related=[Related(self.places[name], own)] if name in self.places else [],
        )

    def _all_equal(
        self, span: Span, nodes: Sequence[Expression], known: list[Dimension], what: str
    ) -> Dimension | None:
        return known[0] if self._require_equal(span, nodes, known, what) else None

    def _require_equal(
        self, span: Span, nodes: Sequence[Expression], known: Sequence[Dimension], what: str
    ) -> bool:
        for node, dimension in zip(nodes[1:], known[1:], strict=True):
            if self.variables.unify(known[0], dimension):
                continue
            first, second = self.show(known[0]), self.show(dimension)
            here = all(n.span.source is span.source and span.start <= n.span.start for n in nodes)
            here = here and all(n.span.end <= span.end for n in nodes)
            message = (
                f"{what} must have the same unit: {first} here, {second} there"
                if what.startswith("the")
                else f"{_article(first)} and {_article(second)} cannot be {what}"
            )
            numbers = {first, second} & {"a pure number"}
            self.faults.add(
                "E120",
                message,
                node.span if here else span,
                say_unit(second) if here else f"{say_unit(first)} and {say_unit(second)}",
                related=[Related(nodes[0].span, say_unit(first))] if here else [],
                help="declare the number with its unit: `param name = … [unit]`"
                if numbers
                else None,
            )
            return False
        return True

    def _require_number(self, node: Expression, dimension: Dimension, what: str) -> bool:
        if self.variables.unify(dimension, NUMBER):
            return True
        self.faults.add(
            "E120",
            f"{what} a pure number, and this is in {self.show(dimension)}",
            node.span,
            f"in {self.show(dimension)}",
            help=f"divide `{clip(node.span.text)}` by a quantity of the same unit",
        )
        return False


def _article(unit: str) -> str:
    return unit if unit == "a pure number" else f"a quantity in {unit}"


def _constant_value(node: Expression) -> Fraction | None:
    """Return an exponent that is a number as written; None where it varies."""
    from pdelang.semantics.constants import Folder

    value = Folder(Faults()).fold(node)
    return None if value is None else Fraction(value).limit_denominator(10**6)
