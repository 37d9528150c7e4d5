"""The declared units of a spec, and numbers and names brought to base units.

Coordinates, times and fields keep their declared units wherever they are numbers: in the
geometry, in the network and in everything that is written out. Equations hold in base units:
a name in an expression stands for ``factor · value + offset``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.base_units import (
    make_constant,
    multiply,
    strip_conversion,
    to_base_units,
    to_declared_unit,
)
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.dimension import NUMBER
from pdelang.semantics.dimension_finder import DimensionFinder
from pdelang.semantics.expression import (
    Aggregate,
    AggregateKind,
    Apply,
    ComplexOf,
    Component,
    Constant,
    Coordinate,
    Derivative,
    Expression,
    FitReference,
    Parameter,
    TableValue,
    UnknownReference,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.traversal import children
from pdelang.semantics.unit_names import read_unit
from pdelang.syntax import tree


@dataclass(slots=True)
class UnitTable:
    """Conversions by declared name. ``finder`` knows the dimension of every expression."""

    finder: DimensionFinder
    faults: Faults
    declared: dict[str, Conversion] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    reported: dict[str, str] = field(default_factory=dict)

    def conversion(self, name: str | None) -> Conversion:
        """Return the conversion of a name; that of a name without a unit changes nothing."""
        return self.declared.get(name or "", Conversion())

    def factors(self, names: tuple[str, ...]) -> tuple[Fraction | float, ...]:
        return tuple(self.conversion(name).factor for name in names)

    # ------------------------------------------------------------ expressions

    def physical(self, node: Coordinate) -> Expression:
        """Return a coordinate or the time in base units."""
        return to_base_units(node, self.conversion(node.name))

    def physical_value(self, node: Expression, name: str) -> Expression:
        """Return a fitted value or a column of readings, in the unit of its name, in base units."""
        result = to_base_units(node, self.conversion(name))
        dimension = self.finder.find(node)
        if result is not node and dimension is not None:
            self.finder.state(result, dimension)
        return result

    def physical_table(self, node: TableValue, name: str) -> Expression:
        """Return a table whose coordinates and values ``name`` are in their declared units.

        Values of a name that is not declared are pure numbers.
        """
        arguments = tuple(strip_conversion(argument) for argument in node.arguments)
        node = replace(node, arguments=arguments)
        is_declared = name in self.declared or name in self.places
        self.finder.state(node, self.finder.dimension_of(name) if is_declared else NUMBER)
        return self.physical_value(node, name) if is_declared else node

    def physical_slope(self, node: Expression) -> Expression:
        """Return a derivative per base units of its coordinates."""
        factor: Fraction | float = Fraction(1)
        if isinstance(node, ComplexOf):
            re, im = self.physical_slope(node.re), self.physical_slope(node.im)
            return ComplexOf(node.span, node.rank, re, im)
        if not isinstance(node, Derivative):
            return node
        for name in node.coordinates:
            factor = factor * self.conversion(name).factor
        if factor == 1:
            return node
        return Apply(node.span, node.rank, "/", (node, make_constant(node.span, factor)))

    def define(self, statement: tree.Param | tree.Let, value: Expression) -> Expression | None:
        """Return the value of a definition in base units; report another dimension (E120).

        A pure number is taken in the declared unit.
        """
        name = statement.name.name
        if statement.unit is None:
            return value
        if name not in self.declared:
            return None  # the unit has been reported
        conversion = self.declared[name]
        found = self.finder.find(value)
        if found is None:
            return None
        found = self.finder.variables.resolve(found)
        # Of a constant only zeros are undecided: `0 [degC]` is a number like any other.
        if found == NUMBER or (found.variables and isinstance(statement, tree.Param)):
            result = to_base_units(value, conversion)
            if result is value and conversion.dimension != NUMBER:
                # A node of its own: the number itself stays one.
                result = multiply(value, 1)
            for node in (result, *children(result)) if isinstance(result, ComplexOf) else (result,):
                self.finder.state(node, conversion.dimension)
            return result
        if self.finder.variables.unify(found, conversion.dimension):
            return value
        self.faults.add(
            "E120",
            f"`{name}` is declared in {conversion.text}, and its value is in {self.finder.show(found)}",
            statement.value.span,
            f"in {self.finder.show(found)}",
            related=[Related(statement.unit.span, f"in {conversion.dimension}")],
        )
        return None

    def in_unit_of(self, name: str | None, node: Expression) -> Expression | None:
        """Return a constant as a number in the unit of a name: an end of a range, a point.

        A pure number is one already; report (E120) what has another dimension.
        """
        found = self.finder.find(node)
        if found is None or name is None:
            return None if found is None else node
        found = self.finder.variables.resolve(found)
        own = self.finder.dimension_of(name)
        if found == NUMBER or found.variables:
            return node
        if not self.finder.variables.unify(found, own):
            related = [Related(self.places[name], f"in {self.finder.show(own)}")]
            self.faults.add(
                "E120",
                f"this is in {self.finder.show(found)}, and `{name}` in {self.finder.show(own)}",
                node.span,
                f"in {self.finder.show(found)}",
                related=related if name in self.places else [],
            )
            return None
        return to_declared_unit(node, self.conversion(name))

    # ----------------------------------------------------------------- checks

    def check_sides(self, span: Span, left: Expression, right: Expression) -> bool:
        """Report (E120) sides of different dimension, and a zero that means two things."""
        for zero, other in ((left, right), (right, left)):
            name = self._scale_of(other)
            if isinstance(zero, Constant) and zero.value == 0 and name is not None:
                text = self.declared[name].text
                self.faults.add(
                    "E120",
                    f"0 is not the same in {text}, the unit of `{name}`, and in K",
                    zero.span,
                    f"0 K or 0 {text}?",
                    related=[Related(self.places[name], f"in {text}")],
                    help=f"declare it: `param {name}_0 = 0 [{text}]`",
                )
                return False
        return self.finder.check_equal(span, left, right, "the two sides of an equation")

    def check_value(self, name: str, value: Expression) -> bool:
        """Report (E120) an `exact` or `guess` of another dimension than its unknown's."""
        found, own = self.finder.find(value), self.finder.dimension_of(name)
        if found is None:
            return False
        if self.finder.variables.unify(found, own):
            return True
        shown = self.finder.say(found)
        self.faults.add(
            "E120",
            f"`{name}` is {self.finder.say(own)}, and this is {shown}",
            value.span,
            shown,
            related=[Related(self.places[name], self.finder.say(own))],
            help="multiply it by a `param` with the unit" if shown == str(NUMBER) else None,
        )
        return False

    def read_report(
        self, statement: tree.Report, value: Expression
    ) -> tuple[Expression, Conversion | None] | None:
        """Return a report's value and the unit it is given in; without one, that of the value.

        Without a declared unit the value of an unknown or a fit is given in the unit of that one, any
        other quantity in base units.
        """
        found = self.finder.find(value)
        if found is None:
            return None
        name = statement.name.name
        if statement.unit is None:
            owner = self.declared.get(_find_owner(value, self) or "")
            if owner is not None:
                self.reported[name] = owner.text
                return value, None if owner.is_trivial else owner
            shown = self.finder.show(found)
            self.reported[name] = "" if shown == str(NUMBER) else shown
            return value, None
        conversion = read_unit(statement.unit, self.faults)
        if conversion is None:
            return None
        if not self.finder.variables.unify(found, conversion.dimension):
            shown = self.finder.say(found)
            self.faults.add(
                "E120",
                f"the report `{name}` is declared in {conversion.text}, and its value is {shown}",
                statement.value.span,
                shown,
                related=[Related(statement.unit.span, self.finder.say(conversion.dimension))],
            )
            return None
        self.reported[name] = conversion.text
        return value, None if conversion.is_trivial else conversion

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return the units of names and reports as they are written out."""
        given = {name: conversion.text for name, conversion in self.declared.items()}
        return tuple(sorted((name, text) for name, text in (given | self.reported).items() if text))

    def _scale_of(self, node: Expression) -> str | None:
        """Return the name that a side is, where its unit has a zero of its own."""
        if not isinstance(node, UnknownReference | Parameter):
            return None
        return node.name if self.conversion(node.name).offset else None


def _find_owner(value: Expression, table: UnitTable) -> str | None:
    """Return the name whose own value a report is: of an unknown at a point, its mean or extremum, a fit."""
    match value:
        case Aggregate(kind=kind, operand=UnknownReference() | Component() as field) if (
            kind is not AggregateKind.INTEGRAL
        ):
            whole = field.operand if isinstance(field, Component) else field
            return whole.name if isinstance(whole, UnknownReference) else None
        case _:
            node, levels = value, 0
            while isinstance(node, Apply) and isinstance(node.arguments[-1], Constant):
                node, levels = node.arguments[0], levels + 1
            if not isinstance(node, FitReference):
                return None
            own = table.conversion(node.name)
            # As deep as `physical_value` has put it: the fit itself and nothing computed from it.
            return node.name if levels == (own.factor != 1) + (own.offset != 0) else None
