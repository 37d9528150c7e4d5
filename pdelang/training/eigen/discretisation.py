"""One set of features with its points: rows of an eigenproblem for any values of the fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pdelang.calculus.homogeneity import split_observed
from pdelang.calculus.rederivation import derive_again
from pdelang.calculus.system import Interior, System, Term
from pdelang.networks.regional import list_components
from pdelang.semantics.domain import Region
from pdelang.training.eigen.pencil import Pencil
from pdelang.training.inverse.forward import State
from pdelang.training.least_squares.balance import balance
from pdelang.training.least_squares.collocation import draw_groups, draw_points
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.equations import prepare_equations
from pdelang.training.least_squares.grading import Grading
from pdelang.training.least_squares.jet_basis import jets_of_fields, prepare_jets

_ROWS_PER_FEATURE = 2
_VALUES_PER_FEATURE = 1.5
_KEPT = 16  # sets of rows
APART = "observed "


@dataclass(slots=True, eq=False)
class Discretisation:
    """Rows of features over fixed points; ``system`` has the fits at their first guesses."""

    system: System
    dictionary: FeatureDictionary
    grading: Grading | None
    seed: int
    weights: dict[str, float] = field(default_factory=dict)
    kept: dict[tuple[float, ...], np.ndarray] = field(default_factory=dict)
    systems: dict[tuple[float, ...], System] = field(default_factory=dict)

    def system_at(self, values: Mapping[str, float]) -> System:
        """Return the system with the fits at these values, its residuals scaled as at the guesses."""
        key = tuple(values.values())
        if key not in self.systems:
            self.systems[key] = derive_again(self.system.problem.with_fits(values), self.system)
        return self.systems[key]

    def rows(self, values: Mapping[str, float]) -> np.ndarray:
        """Return the weighted rows of all that zero meets, ``(n, columns)``."""
        key = tuple(values.values())
        if key in self.kept:
            return self.kept[key]
        fixed = self.system_at(values)
        met, _ = split_observed(fixed.observations, dict(fixed.jet_symbols))
        fixed = replace(fixed, terms=(*fixed.terms, *(name_apart(term) for term in met)))
        groups_seed = 7 * self.seed + 1
        groups = draw_groups(fixed, _ROWS_PER_FEATURE * self.dictionary.count, groups_seed)
        if self.grading is not None:
            groups = self.grading.apply(groups, groups_seed)
        equations = prepare_equations(fixed, groups)
        states = [basis.lift for basis in equations.bases]
        labelled = list(equations.rows(states, self.dictionary))
        if not self.weights:
            self.weights.update(balance(labelled, "ntk", self.dictionary.is_graded))
        found = np.concatenate([np.sqrt(self.weights[g]) * block for g, block, _ in labelled])
        if len(self.kept) >= _KEPT:
            self.kept.pop(next(iter(self.kept)))
        self.kept[key] = found
        return found

    def fields(self) -> np.ndarray:
        """Return the fields at points where they exist as rows over the coefficients, ``(n, columns)``.

        The same number of points serves every field.
        """
        system, dictionary = self.system, self.dictionary
        values = []
        for k, points in enumerate(self._places()):
            basis = prepare_jets(system, jets_of_fields(system), points)
            selector = np.zeros((len(system.fields), len(points)))
            selector[k] = 1.0 / system.scaling.field_scale[k]
            values.append(basis.rows(selector, dictionary, basis.tables(dictionary)))
        return np.concatenate(values)

    def values_of(self, state: State) -> np.ndarray:
        """Return the fields of any solution at the points of `fields`, ``(n,)``."""
        system = self.system
        jets = jets_of_fields(system)
        return np.concatenate(
            [
                state.jets((jets[k],), points)[0] / system.scaling.field_scale[k]
                for k, points in enumerate(self._places())
            ]
        )

    def _places(self) -> list[np.ndarray]:
        """Return points of the interior for every field, where it exists."""
        system = self.system
        count = int(_VALUES_PER_FEATURE * self.dictionary.count)
        homes: dict[str, Region | None] = {}
        for component in list_components(system.problem.unknowns):
            homes.update(zip(component.fields, component.regions or (None,), strict=True))
        return [
            draw_points(system, Interior(homes[name]), count, self.seed + 77)
            for name in system.fields
        ]

    def pencil(self, name: str, values: Mapping[str, float]) -> Pencil:
        """Return the rows as a function of one fit, the others at their values."""

        def rows(value: float) -> np.ndarray:
            return self.rows({**values, name: value})

        return Pencil(rows, self.fields())

    def slope(self, values: Mapping[str, float], name: str, step: float) -> np.ndarray:
        """Return the change of the rows per unit of a fit, by a difference over ``step``."""
        ends = [self.rows({**values, name: values[name] + s * step}) for s in (1.0, -1.0)]
        return (ends[0] - ends[1]) / (2 * step)


def name_apart(term: Term) -> Term:
    """Return a term of what is observed under a label that no equation has."""
    return replace(term, label=f"{APART}{term.label}")
