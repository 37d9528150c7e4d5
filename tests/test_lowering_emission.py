"""The emitted module: it runs by itself and says what the compiled residuals say."""

import ast
import importlib.util
import itertools
import keyword
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from stages import derive_text
from test_lowering_program import SPECS

from pdelang.lowering.emission import emit_python
from pdelang.lowering.identifiers import Identifiers
from pdelang.lowering.lower import lower
from pdelang.lowering.source import write_expression

X, Y = sympy.symbols("x y", real=True)

THREE_FIELDS = (
    "domain lambda(class, jnp) = box(class = 0 .. 1, jnp = 0 .. 1)\nunknown w: vector\nunknown w_class\n"
    "in lambda as return: lap(w) = grad(w_class)*erfc(class) + (1, if class < 0.3 and jnp > 0.1 then norm(w)^0.5 else 2)\n"
    "in lambda as jax: lap(w_class) = max(div(w), 0, class) + atan2(w.class, 2)*heaviside(jnp - 0.5)\n"
    "on edge as def: w = (0, 0)\non edge as fields: w_class = jnp\nsolver { conditions = soft }\n"
)


TITLE = 'quotes """ and \\ slashes, at the end one more"'


def load(text, folder):
    """Import emitted text from a file, as its reader would."""
    path = folder / "emitted.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("emitted", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def smooth_field(index, d):
    """Return a positive scalar function of the coordinates, other for every field."""

    def field(*point):
        phase = sum((i + 1.3 + index) * c for i, c in enumerate(point))
        return 2.0 + jnp.sin(phase) + 0.1 * index * point[0] ** 3

    return field


def jets_by_nested_grad(fields, jets, points):
    rows = []
    for jet in jets:
        function = fields[jet.field]
        for axis, order in enumerate(jet.orders):
            for _ in range(order):
                function = jax.grad(function, axis)
        rows.append(jax.vmap(lambda point, f=function: f(*point))(points))
    return jnp.stack(rows)


@pytest.mark.parametrize("name", [*SPECS, "names"])
def test_module_agrees_with_compiled_residuals(name, tmp_path):
    system = derive_text(SPECS.get(name, THREE_FIELDS))
    system = replace(system, problem=replace(system.problem, title=TITLE))
    module = load(emit_python(system), tmp_path)
    d = len(system.coordinates)
    assert system.fields == module.FIELDS
    with jax.enable_x64(True):
        program = lower(system)
        points = jnp.asarray(np.random.default_rng(0).uniform(0.1, 0.9, (6, d)))
        fields = {f: smooth_field(i, d) for i, f in enumerate(system.fields)}
        compared = 0
        for block in itertools.chain(*(term.blocks for term in program.terms)):
            block_name = block.block.name
            function = module.RESIDUALS[block_name]
            found = jax.vmap(lambda point, f=function: f(fields, *point))(points)
            jets = jets_by_nested_grad(fields, block.residual.jets, points)
            expected = block.residual.value(points, jets)
            # The same formulae in another order; terms of size 100 at most after scaling.
            np.testing.assert_allclose(
                found / module.SCALES[block_name], expected, rtol=1e-10, atol=1e-10
            )
            compared += 1
        assert compared
        zero = (0,) * d
        for ansatz in program.ansatz:
            network = smooth_field(7, d)
            function = module.ANSATZ[ansatz.field]
            found = jax.vmap(lambda point, f=function, n=network: f(n, *point))(points)
            lift, cutoff = (part(points, (zero,))[0] for part in (ansatz.lift, ansatz.cutoff))
            values = jax.vmap(lambda point, n=network: n(*point))(points)
            np.testing.assert_allclose(found, lift + cutoff * values, rtol=1e-12)


def test_module_imports_jax_alone():
    imported = set()
    for node in ast.walk(ast.parse(emit_python(derive_text(SPECS["burgers"])))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        assert not isinstance(node, ast.ImportFrom)
    assert imported == {"jax", "jax.numpy"}


def test_module_reads_like_the_equation():
    text = emit_python(derive_text(SPECS["wave"]))
    assert "def r(fields, x, t):" in text
    assert "u_xx = jax.grad(u_x, 0)" in text
    assert "return u_tt(x, t) - 4 * u_xx(x, t)" in text
    assert '"""u_tt - 4*u_xx = 0 in the domain."""' in text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (-(X + 1) / (3 * Y), "(-x - 1) / (3 * y)"),
        (X - (Y - 1), "x - y + 1"),
        ((X + Y) ** 2 * X, "x * (x + y) ** 2"),
        ((-X) ** 3 / 7, "-x ** 3 / 7"),
        (2 ** (X * Y), "2 ** (x * y)"),
        (1 / sympy.sqrt(X + 1), "1 / jnp.sqrt(x + 1)"),
        (sympy.Rational(2, 3) * X, "2 * x / 3"),
        (sympy.exp(1) * X, "jnp.e * x"),
        (X ** sympy.Rational(1, 3), "x ** (1 / 3)"),
        (sympy.Heaviside(X), "jnp.heaviside(x, 0.5)"),
        (sympy.Max(X, Y, 0), "jnp.maximum(jnp.maximum(0, x), y)"),
        (sympy.Piecewise((X, X < Y), (0, True)), "jnp.where((x < y), x, 0)"),
        (sympy.erfc(X) * sympy.Float(1.5), "1.5 * jax.lax.erfc(x)"),
        (X * 10**30, "1e+30 * x"),
    ],
)
def test_expressions(expression, text):
    assert write_expression(expression, {X: "x", Y: "y"}) == text


def test_identifiers():
    names = Identifiers(("jax",))
    given = [
        names.name(n)
        for n in (
            "u.x",
            "u_x",
            "u x",
            "lambda",
            "match",
            "jax",
            "2u",
            "ν",
            "µ",
            "μ",
            "",
            "…",
            "None",
        )
    ]
    assert len(set(given)) == len(given)
    assert all(n.isidentifier() and not keyword.iskeyword(n) for n in given)
    assert given[:2] == ["u_x", "u_x_2"]
