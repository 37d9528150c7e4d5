"""The system as a standalone JAX module, and the program as a readable summary."""

from __future__ import annotations

import json
from collections.abc import Iterable

import jax
import jax.numpy as jnp
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.nonlocal_notation import write_out
from pdelang.calculus.notation import format_expression
from pdelang.calculus.printing import describe_place, format_functional
from pdelang.calculus.system import Ansatz, Residual, System
from pdelang.lowering.bessel import BESSEL_SOURCE
from pdelang.lowering.identifiers import Identifiers
from pdelang.lowering.nonlocal_source import QUADRATURE, write_nonlocal
from pdelang.lowering.program import CompiledResidual, Program
from pdelang.lowering.source import write_return
from pdelang.lowering.table_source import write_tables

_USAGE = """
``fields`` maps every name in ``FIELDS`` to a function of the coordinates in the order of
``COORDINATES``, scalars in, a scalar out. ``RESIDUALS[name](fields, *point)`` is what should be
zero at every point of the place that the function's first line names; divided by
``SCALES[name]`` it is of unit size. Where the outward normal varies, its components follow the
coordinates. Use ``jax.vmap`` for many points:

    fields = {{name: lambda *point: ... for name in FIELDS}}
    jax.vmap(lambda *point: {example}(fields, *point))({columns})

``ANSATZ[field](network, *point)`` fulfils the conditions marked as built in, whatever the
network is.
"""


def emit_python(system: System) -> str:
    """Return a runnable module that imports ``jax`` alone, one function per residual."""
    return _Emission(system).module()


def format_program(program: Program) -> str:
    """Return what was lowered: per block its jets and the number of array operations."""
    system = program.system
    lines = [
        f"program of {len(program.terms)} terms over {len(system.jets)} jets, "
        f"{'linear' if system.is_linear else 'nonlinear'}"
    ]
    labels = {jet: symbol.name for jet, symbol in system.jet_symbols}
    lines.append("jets " + (", ".join(labels[jet] for jet in system.jets) or "none"))
    for term in program.terms:
        lines.append(f"{term.term.kind.value} {term.label}")
        for block in term.blocks:
            lines.append(
                f"  {block.block.name}: {_format_residual(block.residual, labels, system)}"
            )
        for functional in term.functionals:
            lines.append(
                f"  {functional.functional.name}: {format_functional(functional.functional, system)}"
            )
            for a in functional.aggregates:
                lines.append(
                    f"    {a.aggregate.symbol.name}: {_format_residual(a.integrand, labels, system)}"
                )
    for ansatz in program.ansatz:
        form = "N" if ansatz.is_trivial else "lift + cutoff*N"
        lines.append(f"ansatz {ansatz.field} = {form}")
    return "\n".join(lines) + "\n"


def _format_residual(residual: CompiledResidual, labels: dict[Jet, str], system: System) -> str:
    columns = len(system.coordinates) + len(system.normal)
    points = jax.ShapeDtypeStruct((1, columns), jnp.float32)
    rows = len(residual.jets) + len(residual.nonlocals)
    jets = jax.ShapeDtypeStruct((rows, 1), jnp.float32)
    value, slopes = (
        len(jax.make_jaxpr(function)(points, jets).eqns)
        for function in (residual.value, residual.derivatives)
    )
    names = ", ".join(labels[jet] for jet in residual.jets) or "no jets"
    if residual.nonlocals:
        names += f", {len(residual.nonlocals)} from elsewhere"
    return f"{names}; {value} operations, {slopes} for the derivatives"


_QUADRATURES = ("integrate", "integrate_over", "largest")


class _Emission:
    """Writes one module; identifiers are shared by all its functions."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.functions = Identifiers(
            (
                "jax",
                "jnp",
                "integrate",
                "integrate_over",
                "largest",
                "COORDINATES",
                "FIELDS",
                "RESIDUALS",
                "SCALES",
                "ANSATZ",
                *BESSEL_SOURCE,
            )
        )
        local = Identifiers(("jax", "jnp", "fields", "network", *_QUADRATURES, *BESSEL_SOURCE))
        self.coordinates = [local.name(symbol.name) for symbol in system.coordinates]
        self.normal = [local.name(symbol.name) for symbol in system.normal]
        self.jets: dict[Jet, str] = {}
        for jet, symbol in sorted(system.jet_symbols, key=lambda item: (item[0].order, item[0])):
            self.jets[jet] = local.name(symbol.name)
        self.local = local
        self.residuals: list[tuple[str, str, float]] = []
        self.far: list[str] = []

    def module(self) -> str:
        bodies = [self._block(b.name, b.residual, self._about(b), True) for b in self._blocks()]
        bodies += [
            self._block(
                f"{functional.name}_{a.symbol.name}",
                a.integrand,
                f"{format_expression(write_out(a.integrand, self.system))}, "
                f"under {a.kind.value} in {functional.name}: {format_functional(functional, self.system)}",
                False,
            )
            for functional in self._functionals()
            for a in functional.aggregates
        ]
        ansatz = [self._ansatz(a) for a in self.system.ansatz]
        bodies += [body for _, _, body in ansatz]
        residuals = "".join(
            f"    {_literal(name)}: {function},\n" for name, function, _ in self.residuals
        )
        scales = "".join(f"    {_literal(name)}: {scale!r},\n" for name, _, scale in self.residuals)
        table = "".join(f"    {_literal(field)}: {function},\n" for field, function, _ in ansatz)
        return (
            self._header()
            + "".join(f"{text}\n\n" for name, text in BESSEL_SOURCE.items() if _uses(name, bodies))
            + "\n\n".join(bodies)
            + f"\n\nRESIDUALS = {{\n{residuals}}}\n"
            + f"SCALES = {{\n{scales}}}\n"
            + f"ANSATZ = {{\n{table}}}\n"
        )

    def _header(self) -> str:
        names = [symbol.name for symbol in self.system.coordinates]
        title = self.system.problem.title or "A system of partial differential equations"
        example = next(iter(self._blocks()), None)
        function = "residual" if example is None else f"RESIDUALS[{_literal(example.name)}]"
        quadrature = f"{QUADRATURE}\n\n" if any(r.nonlocals for r in self._all()) else ""
        written = [r.expression for r in self._all()]
        written += [e for r in self._all() for t in r.nonlocals for e in t.integrands]
        if tables := write_tables(written):
            quadrature += f"{tables}\n\n"
        usage = _USAGE.format(
            example=function, columns=", ".join(f"{n}s" for n in self.coordinates)
        )
        return (
            f'"""{_quoted(title)}\n{_quoted(usage)}"""\n\n'
            "import jax\nimport jax.numpy as jnp\n\n"
            f"COORDINATES = {_tuple(names)}\n"
            f"FIELDS = {_tuple(self.system.fields)}\n\n\n" + quadrature
        )

    def _blocks(self):
        for term in self.system.terms:
            yield from term.blocks
        yield from self.system.hard

    def _all(self):
        yield from (block.residual for block in self._blocks())
        yield from (a.integrand for f in self._functionals() for a in f.aggregates)

    def _functionals(self):
        for term in self.system.terms:
            yield from term.functionals
        yield from self.system.reports

    def _about(self, block) -> str:
        built_in = ", built into the ansatz" if block in self.system.hard else ""
        place = describe_place(block.place, self.system)
        text = format_expression(write_out(block.residual, self.system))
        return f"{text} = 0 {place}{built_in}."

    def _block(self, name: str, residual: Residual, about: str, is_residual: bool) -> str:
        function = self.functions.name(name)
        if is_residual:
            self.residuals.append((name, function, residual.scale))
        point = ", ".join(self.coordinates)
        names = dict(zip(self.system.coordinates, self.coordinates, strict=True))
        arguments = point
        if residual.expression.free_symbols & set(self.system.normal):
            names.update(zip(self.system.normal, self.normal, strict=True))
            arguments = f"{point}, {', '.join(self.normal)}"
        symbols = dict(self.system.jet_symbols)
        names.update({symbols[jet]: f"{self.jets[jet]}({point})" for jet in residual.jets})
        far = []
        for term in residual.nonlocals:
            name = self.local.name(f"far_{len(self.far) + 1}")
            self.far.append(name)
            far.append(f"{name} = {write_nonlocal(term, names, self.jets)}")
            names[term.symbol] = name
        zero = "" if residual.expression.free_symbols else " * 1.0"
        return (
            f"def {function}(fields, {arguments}):\n"
            f'    """{_quoted(about)}"""\n'
            + "".join(f"    {line}\n" for line in self._derivative_lines(residual.touched))
            + "".join(f"    {line}\n" for line in far)
            + f"    {write_return(residual.expression, names)}{zero}\n"
        )

    def _derivative_lines(self, jets: tuple[Jet, ...]) -> list[str]:
        """Return the definitions of jets, each by one more ``jax.grad`` of a smaller one."""
        lines: dict[Jet, str] = {}

        def define(jet: Jet) -> str:
            if jet not in self.jets:
                self.jets[jet] = self.local.name(jet.label(tuple(self.coordinates)))
            name = self.jets[jet]
            if jet not in lines:
                if jet.order == 0:
                    lines[jet] = f"{name} = fields[{_literal(jet.field)}]"
                else:
                    axis = next(i for i, k in reversed(list(enumerate(jet.orders))) if k)
                    orders = list(jet.orders)
                    orders[axis] -= 1
                    inner = define(Jet(jet.field, tuple(orders)))
                    lines[jet] = f"{name} = jax.grad({inner}, {axis})"
            return name

        for jet in jets:
            define(jet)
        return list(lines.values())

    def _ansatz(self, ansatz: Ansatz) -> tuple[str, str, str]:
        function = self.functions.name(f"ansatz_{ansatz.field}")
        point = ", ".join(self.coordinates)
        names: dict[sympy.Symbol, str] = dict(
            zip(self.system.coordinates, self.coordinates, strict=True)
        )
        network = sympy.Symbol("N")
        names[network] = f"network({point})"
        body = write_return(ansatz.lift + ansatz.cutoff * network, names)
        return (
            ansatz.field,
            function,
            f"def {function}(network, {point}):\n"
            f'    """{_quoted(ansatz.field)}: the lift plus the cutoff times the network."""\n'
            f"    {body}\n",
        )


def _uses(function: str, bodies: list[str]) -> bool:
    return any(f"{function}(" in body.rpartition('"""')[2] for body in bodies)


def _literal(text: str) -> str:
    """Return a Python string literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _tuple(names: Iterable[str]) -> str:
    literals = [_literal(name) for name in names]
    return f"({literals[0]},)" if len(literals) == 1 else f"({', '.join(literals)})"


def _quoted(text: str) -> str:
    """Return text that may stand between triple quotes."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{escaped[:-1]}\\"' if escaped.endswith('"') else escaped
