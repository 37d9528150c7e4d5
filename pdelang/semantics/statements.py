"""Statements to typed equations, conditions, known solutions and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdelang.diagnostics.message import Related
from pdelang.semantics.aggregates import resolve_point
from pdelang.semantics.asking import Found
from pdelang.semantics.boundary import Part
from pdelang.semantics.conditions import (
    BoundaryCondition,
    Equation,
    InitialCondition,
    PointCondition,
    Requirement,
)
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.data_conditions import DataConditionReader
from pdelang.semantics.data_sets import DataReader
from pdelang.semantics.equation_sides import resolve_sides
from pdelang.semantics.expression import (
    Rank,
    UnknownReference,
)
from pdelang.semantics.interface_words import check_interfaces
from pdelang.semantics.labels import (
    Unlabelled,
    choose_labels,
    count_time_derivatives,
    name_unknowns,
)
from pdelang.semantics.located import ROUNDING, Extent
from pdelang.semantics.measured import DataCondition
from pdelang.semantics.places import (
    BOUNDARY,
    CONSTANT,
    EQUATION,
    INTERFACE,
    POINT,
    START,
)
from pdelang.semantics.quantities import QuantityReader
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.resolved import Statements
from pdelang.semantics.scope import Kind
from pdelang.semantics.traversal import post_order
from pdelang.syntax import tree


@dataclass(slots=True)
class StatementReader:
    """Reads the statements of one spec."""

    resolver: Resolver
    folder: Folder
    extent: Extent
    data: DataReader

    def read(self, spec: tree.Tree) -> Statements:
        """Return all equations, conditions and reports; report what is wrong with them."""
        found = Statements()
        quantities = QuantityReader(self.resolver, self.folder, self.extent)
        conditions = DataConditionReader(self.resolver, self.folder, self.data)
        rows: list[tuple[object, str | None, Unlabelled]] = []
        for statement in spec.statements:
            match statement:
                case tree.In():
                    row = self._read_equation(statement)
                case tree.On():
                    row = self._read_boundary(statement)
                case tree.AtTime():
                    row = self._read_initial(statement)
                case tree.AtPoint():
                    row = self._read_point(statement)
                case tree.Require():
                    row = quantities.read_requirement(statement)
                case tree.AtData():
                    row = conditions.read(statement)
                case _:
                    continue
            if row is None:
                found.spoilt.add(type(statement))
                if isinstance(statement, tree.On):
                    self._note_uncertain(statement, found)
                elif isinstance(statement, tree.AtTime):
                    # `at x = 0: …` is meant for a side of the domain.
                    is_side = statement.time.name in self.resolver.scope.space
                    found.uncertain_everywhere |= is_side
                continue
            label = getattr(statement, "label", None)
            rows.append((row[0], label.name if label is not None else None, row[1]))
        self._file(rows, found)
        quantities.read_reports(spec, found)
        return found

    # ---------------------------------------------------------- equations

    def _read_equation(self, statement: tree.In) -> tuple[object, Unlabelled] | None:
        known = [self._find_region(region) for region in statement.regions]
        sides = resolve_sides(self.resolver, self.folder, statement.equation, EQUATION)
        found = [answer.region for answer in known if answer is not None]
        if sides is None or len(found) < len(known):
            return None
        left, right = sides
        text = clip(statement.equation.span.text, 200)
        regions = {r.name: r for r in found if r is not None} if None not in found else {}
        named = tuple(regions[name] for name in sorted(regions))
        base = "interior" if not named else ", ".join(f"in {name}" for name in sorted(regions))
        # Numbered by their text where there are several: see `labels`.
        equation = Equation("", left, right, statement.span, named)
        return equation, Unlabelled(base, "", text)

    def _read_boundary(self, statement: tree.On) -> tuple[object, Unlabelled] | None:
        parts = [self.resolver.locate(part) for part in statement.parts]
        known = tuple(part for part in parts if part is not None)
        # A part that could not be read may have been meant for an interface.
        is_sided = len(known) < len(parts) or any(part.interface for part in known)
        place = INTERFACE if is_sided else BOUNDARY
        sides = resolve_sides(self.resolver, self.folder, statement.equation, place)
        if sides is None or len(known) < len(parts):
            return None
        if not check_interfaces(statement, known, sides, self.resolver.faults):
            return None
        unique: dict[str, Part] = {part.name: part for part in known}
        parts_text = ", ".join(unique)
        left, right = sides
        condition = BoundaryCondition("", tuple(unique.values()), left, right, statement.span)
        text = clip(statement.equation.span.text, 200)
        return condition, Unlabelled(parts_text, name_unknowns(left, right), text)

    def _note_uncertain(self, statement: tree.On, found: Statements) -> None:
        for node in statement.parts:
            part = self.resolver.locate(node)
            if part is None:
                found.uncertain_everywhere = True
            else:
                found.uncertain_parts.add(part.name)

    def _read_initial(self, statement: tree.AtTime) -> tuple[object, Unlabelled] | None:
        sound = self._is_start(statement)
        sides = resolve_sides(self.resolver, self.folder, statement.equation, START)
        if sides is None or not sound or self.resolver.scope.time is None:
            return None
        left, right = sides
        time = self.resolver.scope.time
        order = count_time_derivatives(time, left, right)
        base = f"start d{time * order}" if order else "start"
        text = clip(statement.equation.span.text, 200)
        condition = InitialCondition("", left, right, statement.span)
        return condition, Unlabelled(base, name_unknowns(left, right), text)

    def _is_start(self, statement: tree.AtTime) -> bool:
        scope, faults = self.resolver.scope, self.resolver.faults
        name = statement.time.name
        if scope.time is None and name not in scope.space:
            scope.timeless.append(statement.time.span.to(statement.value.span))
            return False
        if name != scope.time:
            space = name in scope.space
            faults.add(
                "E101",
                f"`at` takes the time, and `{name}` is "
                + ("a space coordinate" if space else "not its name"),
                statement.time.span,
                f"the time is called `{scope.time}`"
                if scope.time is not None
                else "no time is declared",
                help="a condition on a side of the domain is written `on left: …`"
                if space
                else f"write `at {scope.time} = {clip(statement.value.span.text)}`",
            )
            return False
        typed = self.resolver.resolve(statement.value, CONSTANT)
        if typed is None or not self.resolver.ranks.require_rank(
            typed, Rank.SCALAR, "a time is a scalar"
        ):
            return False
        if self.resolver.units is not None:
            typed = self.resolver.units.in_unit_of(name, typed)
        value = self.folder.fold(typed) if typed is not None else None
        if value is None or self.extent.time is None:
            return False
        low, high = self.extent.time.bounds.low_value, self.extent.time.bounds.high_value
        if abs(value - low) <= ROUNDING * max(abs(low), abs(high)):
            return True
        at_end = abs(value - high) <= ROUNDING * max(abs(low), abs(high))
        end = clip(self.extent.time.bounds.high.span.text)
        faults.add(
            "E212",
            f"a condition `at {name} = …` stands at the start, {name} = {low:g}, and this one at {value:g}",
            statement.time.span.to(statement.value.span),
            "the end of the time interval" if at_end else "not the start",
            related=[Related(self.extent.time.span, "the time interval")],
            help=f"for a backward equation solve in τ = {end} - {name}: replace {name} by {end} - τ, and d{name} by -dτ"
            if at_end
            else f"write `at {name} = {clip(self.extent.time.bounds.low.span.text)}`",
        )
        return False

    def _read_point(self, statement: tree.AtPoint) -> tuple[object, Unlabelled] | None:
        point = resolve_point(self.resolver, *statement.point)
        sides = resolve_sides(self.resolver, self.folder, statement.equation, POINT)
        if point is None or sides is None or not self.extent.check_point(point):
            return None
        left, right = sides
        if not any(isinstance(node, UnknownReference) for node in post_order(left, right)):
            self.resolver.faults.add(
                "E203",
                "this condition names no unknown, so it is one too many",
                statement.span,
                "no unknown in it",
                help="remove it",
            )
            return None
        base = "at (" + ", ".join(clip(item.span.text) for item in statement.point) + ")"
        text = clip(statement.equation.span.text, 200)
        condition = PointCondition("", point, left, right, statement.span)
        return condition, Unlabelled(base, name_unknowns(left, right), text)

    def _find_region(self, region: tree.Name) -> Found | None:
        """Return the region of a name after ``in``, or None after reporting that there is none."""
        scope = self.resolver.scope
        declaration = scope.find(region.name)
        if region.name in scope.faulty:
            return None
        if not scope.space and region.name == scope.time:
            return Found(None)
        if scope.lacks_space:
            # The missing domain has been reported.
            return None
        if declaration is not None and declaration.kind in (Kind.DOMAIN, Kind.SHAPE):
            return self.resolver.find_region(region)
        is_part = declaration is not None and declaration.kind is Kind.BOUNDARY
        self.resolver.faults.add(
            "E101",
            f"`{region.name}` is {declaration.kind.value}, not a region"
            if declaration is not None
            else f"unknown region `{region.name}`",
            region.span,
            "a region is expected here",
            help=f"write `on {region.name}: …` for a boundary condition"
            if is_part
            else scope.suggest(region.name, scope.names_of({Kind.DOMAIN, Kind.SHAPE}))
            or (
                f"the domain is `{scope.names_of({Kind.DOMAIN})[0]}`"
                if scope.space
                else f"write `in {scope.time}: …`, as there is no domain"
            ),
        )
        return None

    # -------------------------------------------------------------- labels

    def _file(
        self, rows: Sequence[tuple[object, str | None, Unlabelled]], found: Statements
    ) -> None:
        """Label the statements and file them by kind, in an order made of their content."""
        explicit = {label for _, label, _ in rows if label is not None}
        unlabelled = [(row, text) for row, label, text in rows if label is None]
        chosen = choose_labels([text for _, text in unlabelled], explicit)
        labels = {id(row): label for (row, _), label in zip(unlabelled, chosen, strict=True)}
        named = [
            (label if label is not None else labels[id(row)], text, row)
            for row, label, text in rows
        ]
        for label, _, row in sorted(
            named, key=lambda entry: (entry[0], entry[1].base, entry[1].text)
        ):
            match row:
                case Equation():
                    found.equations.append(replace(row, label=label))
                case BoundaryCondition():
                    found.boundary_conditions.append(replace(row, label=label))
                case InitialCondition():
                    found.initial_conditions.append(replace(row, label=label))
                case PointCondition():
                    found.point_conditions.append(replace(row, label=label))
                case DataCondition():
                    found.data_conditions.append(replace(row, label=label))
                case Requirement():
                    found.requirements.append(replace(row, label=label))
                case _:
                    raise TypeError(type(row))
