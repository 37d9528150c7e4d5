"""Known solutions, guesses and reference tables: `exact`, `guess`, `compare`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pdelang.diagnostics.message import Related
from pdelang.semantics.complex_values import PART_NAMES, widen
from pdelang.semantics.conditions import KnownSolution, Unknown
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.expression import ComplexOf, Rank
from pdelang.semantics.located import Extent
from pdelang.semantics.places import FAMILY_CONSTANT, KNOWN
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.resolved import Statements
from pdelang.semantics.scope import Kind
from pdelang.semantics.tables import read_reference
from pdelang.syntax import tree


@dataclass(slots=True)
class KnownReader:
    """Reads what is known of a solution. ``directory`` is where the tables lie."""

    resolver: Resolver
    folder: Folder
    extent: Extent
    unknowns: tuple[Unknown, ...]
    directory: Path | None

    def read(self, spec: tree.Tree, found: Statements) -> None:
        """Add the known solutions and references of a spec to ``found``."""
        for kind, target_list in ((tree.Exact, found.exact), (tree.Guess, found.guesses)):
            firsts: dict[tuple[str, int | None], tree.Statement] = {}
            for statement in spec.statements:
                if not isinstance(statement, kind):
                    continue
                if isinstance(statement, tree.Exact) and self._is_fit(statement.target):
                    self._read_exact_fit(statement, found)
                    continue
                known = self._read_one_known(statement)
                if known is None or self._is_repeated(
                    known.unknown, known.component, statement, firsts
                ):
                    found.spoilt.add(kind)
                else:
                    target_list.append(known)
            target_list.sort(key=lambda k: (k.unknown, -1 if k.component is None else k.component))
        firsts = {}
        for statement in spec.statements:
            if isinstance(statement, tree.Compare):
                target = self._read_target(statement.target)
                if target is None or self._is_repeated(*target, statement, firsts):
                    continue
                unknown = next(u for u in self.unknowns if u.name == target[0])
                reference = read_reference(
                    statement, unknown, target[1], self.resolver, self.directory
                )
                if reference is not None and self.extent.check_table(
                    reference, statement.value.span
                ):
                    found.references.append(reference)
        found.references.sort(key=lambda r: (r.unknown, -1 if r.component is None else r.component))

    def _is_fit(self, target: tree.Name | tree.Member) -> bool:
        return (
            isinstance(target, tree.Name)
            and self.resolver.scope.find(target.name, {Kind.FIT}) is not None
        )

    def _read_exact_fit(self, statement: tree.Exact, found: Statements) -> None:
        """Note the true value of a `fit`, which only serves to report the error."""
        assert isinstance(statement.target, tree.Name)
        name = statement.target.name
        fit = next((fit for fit in found.fits if fit.name == name), None)
        place = KNOWN if fit is not None and fit.is_field else FAMILY_CONSTANT
        value = self.resolver.resolve(statement.value, place)
        if fit is None or value is None:
            return
        if not self.resolver.ranks.require_rank(value, Rank.SCALAR, "a `fit` is a scalar"):
            return
        self.folder.check(value)
        if fit.exact is not None:
            self.resolver.faults.add(
                "E102",
                f"`{name}` is given twice by `exact`",
                statement.target.span,
                "the second",
                help="remove one of them",
            )
        found.fits[found.fits.index(fit)] = replace(fit, exact=value)

    def _read_one_known(self, statement: tree.Exact | tree.Guess) -> KnownSolution | None:
        target = self._read_target(statement.target)
        value = self.resolver.resolve(statement.value, KNOWN)
        if target is None or value is None:
            return None
        unknown = next(u for u in self.unknowns if u.name == target[0])
        rank = unknown.rank if target[1] is None else Rank.SCALAR
        word = "exact" if isinstance(statement, tree.Exact) else "guess"
        expected = {Rank.SCALAR: "a scalar", Rank.VECTOR: "a vector"}[rank]
        if not self.resolver.ranks.require_rank(
            value,
            rank,
            f"`{word} {clip(statement.target.span.text)}` takes {expected}",
            f"write `{self.resolver.ranks.zero}` with one formula per component"
            if rank is Rank.VECTOR
            else None,
        ):
            return None
        units = self.resolver.units
        if units is not None and not units.check_value(target[0], value):
            return None
        self.folder.check(value)
        if unknown.is_complex and target[1] is None:
            value = widen(value, len(self.resolver.scope.space))
        elif isinstance(value, ComplexOf):
            self.resolver.report_complex(
                statement.value,
                f"the `{word}` of `{clip(statement.target.span.text)}`, which is real",
            )
            return None
        return KnownSolution(target[0], target[1], value, statement.span)

    def _read_target(self, target: tree.Name | tree.Member) -> tuple[str, int | None] | None:
        """Return (unknown, component) of ``u`` or ``w.x``."""
        scope, faults = self.resolver.scope, self.resolver.faults
        owner = target if isinstance(target, tree.Name) else target.owner
        assert isinstance(owner, tree.Name)
        if owner.name in scope.faulty:
            return None
        declaration = scope.find(owner.name, {Kind.UNKNOWN})
        if declaration is None:
            other = scope.find(owner.name)
            faults.add(
                "E101",
                f"`{owner.name}` is {other.kind.value}, not an unknown"
                if other
                else f"unknown name `{owner.name}`",
                owner.span,
                "an unknown is expected here",
                help=scope.suggest(owner.name, scope.names_of({Kind.UNKNOWN})),
            )
            return None
        if isinstance(target, tree.Name):
            return owner.name, None
        if owner.name in self.resolver.complex_names and target.member.name in PART_NAMES:
            return owner.name, PART_NAMES.index(target.member.name)
        if self.resolver.kinds.get(owner.name) is not Rank.VECTOR:
            faults.add(
                "E110",
                f"only a vector has components, and `{owner.name}` is a scalar",
                target.span,
                "a scalar",
                related=[Related(declaration.span, "declared here")],
                help=f"write `{owner.name}`",
            )
            return None
        if target.member.name not in scope.space:
            self.resolver.report_component(target.member)
            return None
        return owner.name, scope.space.index(target.member.name)

    def _is_repeated(
        self,
        unknown: str,
        component: int | None,
        statement: tree.Exact | tree.Guess | tree.Compare,
        firsts: dict[tuple[str, int | None], tree.Statement],
    ) -> bool:
        """Report (E102) a second formula for one unknown or component."""
        for (name, axis), first in firsts.items():
            if name == unknown and (axis is None or component is None or axis == component):
                word = type(statement).__name__.lower()
                self.resolver.faults.add(
                    "E102",
                    f"`{clip(statement.target.span.text)}` is given twice by `{word}`",
                    statement.target.span,
                    "the second",
                    related=[Related(first.span, "the first")],
                    help="remove one of them",
                )
                return True
        firsts[unknown, component] = statement
        return False
