"""What determines the fits: data, surplus conditions and requirements (E260).

With every fit given, equations and conditions determine the unknowns, except for constants that
a `require` or a point has to fix. What goes beyond that is surplus: only the fits can satisfy it.
Data determine any fit that they depend on; each surplus statement determines one constant. In a
family it holds for every member, so that the constant is a function of the varied parameters; data
determine one value for all.
"""

from __future__ import annotations

from dataclasses import replace

from pdelang.diagnostics.message import Related
from pdelang.semantics.conditions import PointCondition, Requirement, Unknown
from pdelang.semantics.domain import Domain, TimeInterval, Varied
from pdelang.semantics.expression import Coordinate, FitReference, UnknownReference
from pdelang.semantics.faults import Faults
from pdelang.semantics.gauge import find_fixed, holds_at_one_time
from pdelang.semantics.orders import count_noun, list_names
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import post_order


def report_undetermined(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    statements: Statements,
    faults: Faults,
    varied: tuple[Varied, ...] = (),
) -> None:
    """Move what is surplus from the statements to ``surplus``; report E260, E190."""
    if not statements.fits:
        return
    _set_surplus_apart(domain, time, unknowns, statements)
    if varied:
        _refuse_mixed_fits(statements, varied, faults)
    used = {
        node.name
        for s in (
            *statements.equations,
            *statements.boundary_conditions,
            *statements.initial_conditions,
            *statements.point_conditions,
            *statements.requirements,
            *statements.data_conditions,
            *statements.surplus,
        )
        for node in post_order(s.left, s.right)
        if isinstance(node, FitReference)
    }
    absent = [fit for fit in statements.fits if fit.name not in used]
    for fit in absent:
        faults.add(
            "E260",
            f"nothing determines `{fit.name}`: it stands in no equation and no condition",
            fit.span,
            "the solution does not depend on it",
            help="use it in an equation or a condition, or make it a `param`",
        )
    if statements.data_conditions:
        _refuse_varied_exact(statements, {v.name for v in varied}, faults)
    if absent or statements.data_conditions:
        return
    fields = [fit for fit in statements.fits if fit.is_field]
    constants = [fit for fit in statements.fits if not fit.is_field]
    surplus = len(statements.surplus)
    if not fields and surplus >= len(constants):
        if varied:
            _let_fits_vary(statements, varied)
        return
    wanting = fields or constants
    names = list_names([f"`{fit.name}`" for fit in wanting])
    advice = (
        "add measured points: `data probes = csv(…)` and `at probes: u = probes.u`"
        if fields
        else "an eigenvalue needs one `require`, for example `require integral(u^2) = 1`; "
        "other constants need data or one more condition each"
    )
    faults.add(
        "E260",
        f"nothing determines {names}"
        if fields or not surplus
        else f"{count_noun(surplus, 'surplus condition')} cannot determine "
        f"{count_noun(len(constants), 'constant')}",
        wanting[0].span,
        "not determined by the problem",
        related=[Related(fit.span, "fitted too") for fit in wanting[1:4]],
        notes=["with every `fit` given, the other statements already determine the unknowns"],
        help=advice,
    )


def _refuse_mixed_fits(statements: Statements, varied: tuple[Varied, ...], faults: Faults) -> None:
    """Report (E190) statements for every member of a family beside data, which are for all of it."""
    if not statements.data_conditions:
        return
    for statement in statements.surplus:
        faults.add(
            "E190",
            "data and a condition that determines a `fit` are not supported together beside `vary` yet",
            statement.span,
            "holds for every member of the family, and data determine one value for all",
            related=[Related(statements.data_conditions[0].span, "data")],
            help=f"give `{varied[0].name}` one value with `param`, or several with `sweep`",
        )


def _let_fits_vary(statements: Statements, varied: tuple[Varied, ...]) -> None:
    """Make constants that every member of a family determines functions of the varied parameters."""
    names = tuple(v.name for v in varied)
    statements.fits = [replace(fit, coordinates=names) for fit in statements.fits]


def _refuse_varied_exact(statements: Statements, names: set[str], faults: Faults) -> None:
    """Report (E107) true values that vary within a family of fits with one value for all."""
    for fit in statements.fits:
        for node in () if fit.exact is None else post_order(fit.exact, into_parameters=True):
            if isinstance(node, Coordinate) and node.name in names and not fit.is_field:
                faults.add(
                    "E107",
                    f"`{node.name}` varies within the family, and data determine one `{fit.name}` for all",
                    node.span,
                    "has no one value",
                    related=[Related(fit.span, "fitted")],
                )
                break


def _set_surplus_apart(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    statements: Statements,
) -> None:
    """Keep one statement per constant that nothing else fixes; the other ones are surplus."""
    fixed = find_fixed(domain, time, unknowns, statements, with_gauges=False)
    owners = {c: unknown.name for unknown in unknowns for c in unknown.components}
    free = [owners[c] for c in owners if c not in fixed]
    for kind in (statements.requirements, statements.point_conditions):
        kept: list = []
        for statement in kind:
            names = _unknowns_in(statement)
            gauge = next((name for name in free if names == {name}), None)
            if gauge is None or holds_at_one_time(statement):
                statements.surplus.append(statement)
            else:
                free.remove(gauge)
                kept.append(statement)
        kind[:] = kept


def _unknowns_in(statement: Requirement | PointCondition) -> set[str]:
    nodes = post_order(statement.left, statement.right)
    return {node.name for node in nodes if isinstance(node, UnknownReference)}
