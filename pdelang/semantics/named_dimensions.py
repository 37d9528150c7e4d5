"""The physical dimensions of names and of space, declared or to be inferred."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.dimension import NUMBER, Dimension, Unification
from pdelang.semantics.expression import Expression
from pdelang.semantics.faults import Faults
from pdelang.semantics.metric import FORMS
from pdelang.semantics.scope import Kind, Scope
from pdelang.syntax import tree


@dataclass(slots=True)
class NamedDimensions:
    """Knows the dimension of every name; that of a name that is not declared is a variable, to be inferred.

    ``places`` are where names with units are declared.
    """

    faults: Faults
    scope: Scope
    variables: Unification = field(default_factory=Unification)
    places: dict[str, Span] = field(default_factory=dict)
    _names: dict[str, Dimension] = field(default_factory=dict)

    def declare(self, name: str, dimension: Dimension) -> None:
        """Say what the dimension of a name is."""
        self._names[name] = dimension

    def dimension_of(self, name: str) -> Dimension:
        """Return the dimension of a declared name; an angle of the coordinate system is a number."""
        if name not in self._names:
            is_angle = (
                name in self.scope.space and self._letters[self.scope.space.index(name)] in "θφ"
            )
            self._names[name] = NUMBER if is_angle else self.variables.variable()
        return self._names[name]

    def show(self, dimension: Dimension) -> str:
        """Return the coherent unit of a dimension."""
        return str(self.variables.resolve(dimension))

    def say(self, dimension: Dimension) -> str:
        """Return ``in kg/m``, or ``a pure number``."""
        return say_unit(self.show(dimension))

    def length(self, node: Expression) -> Dimension | None:
        """Return the dimension that all lengths of space share."""
        space = self.scope.space
        letters = self._letters
        lengths = [name for name, letter in zip(space, letters, strict=True) if letter not in "θφ"]
        own = [self.dimension_of(name) for name in lengths]
        for name, dimension in zip(lengths[1:], own[1:], strict=True):
            if not self.variables.unify(own[0], dimension):
                self.faults.add(
                    "E120",
                    f"vector operators need coordinates of one dimension, and `{lengths[0]}` is in "
                    f"{self.show(own[0])}, `{name}` in {self.show(dimension)}",
                    node.span,
                    "goes along all coordinates",
                    related=[
                        Related(self.places[n], f"in {self.show(self.dimension_of(n))}")
                        for n in (lengths[0], name)
                        if n in self.places
                    ],
                    help="write the derivatives one by one",
                )
                return None
        return own[0] if own else NUMBER

    def content(self) -> Dimension:
        """Return the dimension of the measure of space, suppressed angles included."""
        result = NUMBER
        system = self._system
        for name, letter in zip(self.scope.space, self._letters, strict=True):
            power = {"spherical": 3}.get(system, 2) if letter == "r" else 0 if letter in "θφ" else 1
            result = result.times(self.dimension_of(name).to(Fraction(power)))
        return result

    @property
    def _system(self) -> str:
        """The word after the coordinates, empty for Cartesian ones."""
        for declaration in self.scope.names.values():
            statement = declaration.statement
            if isinstance(statement, tree.Domain) and declaration.kind is Kind.DOMAIN:
                return statement.metric.name if statement.metric is not None else ""
        return ""

    @property
    def _letters(self) -> tuple[str, ...]:
        """What each coordinate is, in the letters of `metric`: ``x`` for a Cartesian one."""
        forms = FORMS.get(self._system, ())
        d = len(self.scope.space)
        return forms[d - 1] if 0 < d <= len(forms) else ("x",) * d


def say_unit(unit: str) -> str:
    """Return ``in kg/m``, or ``a pure number`` as it is."""
    return unit if unit == "a pure number" else f"in {unit}"
