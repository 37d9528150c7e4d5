"""The stage ``calculus``: a checked problem becomes a system of residuals over jets.

problem ─ terms, functionals ─▶ residuals with ∂r/∂j ─ scaling ─▶ unit size
        ─ ansatz ─▶ conditions that hold exactly ─ types, exact ─▶ System
"""

from __future__ import annotations

from dataclasses import replace

from pdelang.calculus.ansatz import choose_ansatz
from pdelang.calculus.balance import warn_unbalanced
from pdelang.calculus.exact import check_exact
from pdelang.calculus.expression_size import ExpressionTooLargeError
from pdelang.calculus.extent import Extent
from pdelang.calculus.fit_exact import expand_fit, state_exactly
from pdelang.calculus.functionals import derive_reports, derive_requirements, derive_surplus
from pdelang.calculus.homogeneity import is_homogeneous, move_fits, refuse_eigenproblem
from pdelang.calculus.known import known_fields
from pdelang.calculus.manufactured import shift_block, shift_functional
from pdelang.calculus.nonlocal_check import find_places_outside
from pdelang.calculus.observation_scale import scale_observation
from pdelang.calculus.scaling import build_scaling, identity_scaling, measure_system, scale_block
from pdelang.calculus.smoothness import warn_kinks
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, ExactSolution, System, Term
from pdelang.calculus.terms import collect_terms, derive_blocks, derive_observations
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.calculus.types import classify_equations
from pdelang.calculus.unbuilt import UnbuiltError
from pdelang.calculus.values import find_impossible_values
from pdelang.calculus.well_posedness import warn_ill_posed
from pdelang.diagnostics.message import Diagnostic
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.problem import Problem


def derive(problem: Problem) -> tuple[System | None, tuple[Diagnostic, ...]]:
    """Return the system of residuals of a problem.

    Errors: E020 for expressions too deep or too large to derive, E105 for one without a real
    value, E250 where ``exact`` fails an equation or condition (the system is returned
    all the same).
    """
    try:
        return _derive(problem)
    except (ExpressionTooLargeError, UnbuiltError) as error:
        return None, (error.diagnostic,)
    except RecursionError:
        # Derivatives of towers such as x^(x^(x^…)) nest far deeper than what was written.
        equation = problem.equations[0]
        return None, (
            Diagnostic(
                "E020",
                "An expression of this spec is nested too deep to be differentiated",
                equation.span,
                "the first equation of the spec",
                help="give the expression fewer levels",
            ),
        )


def _derive(problem: Problem) -> tuple[System | None, tuple[Diagnostic, ...]]:
    symbols = Symbols.of(problem)
    extent = Extent.of(problem, symbols)
    labelled = derive_blocks(problem, symbols)
    requirements = derive_requirements(problem, symbols)
    reports = derive_reports(problem, symbols)
    observed = derive_observations(problem, symbols)
    surplus = derive_surplus(problem, symbols)
    if problem.manufactured:
        made = known_fields(problem.manufactured, problem.unknowns, symbols)
        fields = {k.field: k.expression for k in made}
        labelled = tuple(
            (name, kind, shift_block(b, fields, symbols)) for name, kind, b in labelled
        )
        requirements = tuple(
            (name, shift_functional(f, fields, symbols)) for name, f in requirements
        )
    known = known_fields(problem.exact, problem.unknowns, symbols)
    guessed = known_fields(problem.guesses, problem.unknowns, symbols)
    exact, guess = (tuple((k.field, k.expression) for k in given) for given in (known, guessed))

    impossible = find_impossible_values(
        [(block.span, block.residual.expression) for *_, block in (*labelled, *observed)]
        + [(functional.span, functional.expression) for _, functional in (*requirements, *surplus)]
        + [(report.span, report.expression) for report in reports]
        + [(given.span, given.expression) for given in (*known, *guessed)]
    )
    if impossible:
        return None, impossible

    blocks = [block for *_, block in labelled]
    outside = find_places_outside(blocks, extent, symbols)
    if outside:
        return None, outside

    if problem.settings.scaling == "none":
        scaling = identity_scaling(symbols)
    else:
        sizes = measure_system(blocks, problem.unknowns, dict(guess), extent, symbols)
        scaling = build_scaling(sizes, problem.periodic_axes)
        labelled = tuple((label, kind, scale_block(b, sizes)) for label, kind, b in labelled)
        requirements = tuple(
            (label, replace(f, scale=sizes.functional_scale(f))) for label, f in requirements
        )
        observed = tuple((g, k, scale_observation(b, sizes, symbols)) for g, k, b in observed)
        surplus = tuple(
            (label, replace(f, scale=sizes.functional_scale(f))) for label, f in surplus
        )
        blocks = [block for *_, block in labelled]

    ansatz, hard = choose_ansatz(problem, blocks, extent, symbols)
    soft = tuple(item for item in labelled if item[2] not in hard)
    terms = collect_terms(soft, requirements)

    checked, required = labelled, requirements
    if problem.fits:
        checked, required = state_exactly(problem, symbols)
    jets = dict(symbols.table())
    observations = collect_terms(observed, surplus)
    is_eigenproblem = bool(problem.fits) and is_homogeneous(blocks, jets)
    if is_eigenproblem:  # a load or a start that is guessed to be zero is not zero
        moved = move_fits(problem)
        elsewhere = derive_blocks(moved, Symbols.of(moved))
        is_eigenproblem = is_homogeneous([block for *_, block in elsewhere], jets)
    if is_eigenproblem and (refusal := refuse_eigenproblem(problem, observations, jets)):
        return None, (refusal,)
    if problem.manufactured:  # what solves by construction need not be checked
        proven, diagnostics = True, ()
    else:
        proven, diagnostics = check_exact(problem, checked, required, dict(exact), extent, symbols)
        stated = [block for *_, block in checked]
        diagnostics += warn_kinks(problem) + warn_ill_posed(stated, extent, symbols)
        diagnostics += warn_unbalanced(problem, stated, extent, symbols)
    system = System(
        problem=problem,
        coordinates=symbols.coordinates,
        normal=symbols.normal,
        fields=symbols.fields,
        jet_symbols=symbols.table(),
        terms=terms,
        hard=hard,
        ansatz=ansatz,
        scaling=scaling,
        exact=ExactSolution(exact, proven) if exact else None,
        guess=guess,
        reports=reports,
        types=classify_equations(labelled, extent, symbols),
        is_linear=all(map(_is_linear, terms)),
        fits=tuple((fit.name, expand_fit(fit, problem, symbols)) for fit in problem.fits),
        is_eigenproblem=is_eigenproblem,
        observations=observations,
    )
    return system, diagnostics


def _is_linear(term: Term) -> bool:
    if not all(_block_is_linear(block) for block in term.blocks):
        return False
    for functional in term.functionals:
        if not all(
            a.integrand.is_linear and a.kind not in (AggregateKind.MAX, AggregateKind.MIN)
            for a in functional.aggregates
        ):
            return False
        names = {a.symbol for a in functional.aggregates if a.integrand.touched}
        slopes = (partial_derivative(functional.expression, name) for name in names)
        if any(slope.free_symbols & names for slope in slopes):
            return False
    return True


def _block_is_linear(block: Block) -> bool:
    return block.residual.is_linear
