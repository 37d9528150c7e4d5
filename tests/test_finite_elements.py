"""Finite elements as a classical solver to compare with."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from pdelang.calculus.numeric import evaluate_points
from pdelang.semantics.problem import Piece
from pdelang.training.classical import finite_elements
from pdelang.training.classical.finite_elements import solve_with_elements
from pdelang.training.classical.outline import trace_outline
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.triangulation import locate, map_triangles, triangulate
from tests.cli_samples import run_cli, write_spec
from tests.stages import analyse_text, derive_text

# Solutions of at most third degree are met exactly where the outline is straight.
TRACTION = """
shape wedge = halfspace((0.8, 0.8), (1, 2))
domain part(x, y) = box(x = 0 .. 1, y = 0 .. 1) & wedge
param lam = 1.5
param mu = 1
let strain = sym(grad(w))
let sigma = lam*div(w)*identity + 2*mu*strain
let a = 3*lam*x + 4*mu*x
let c = 3*lam*x + 2*mu*x
unknown w: vector
in part: div(sigma) = (3*lam + 5*mu, 0)
on left: w = (x^2, x*y)
on right, top: dot(sigma, n) = (a*n.x + mu*y*n.y, mu*y*n.x + c*n.y)
on bottom: w.y = 0
on bottom: dot(sigma, n).x = mu*y*n.y
on wedge.edge: dot(sigma, n) = (a*n.x + mu*y*n.y, mu*y*n.x + c*n.y)
exact w = (x^2, x*y)
"""
NONLINEAR = """
domain s(x, y) = box(x = 0 .. 1, y = 0 .. 2)
unknown u
let f = 1 + x + y^2
in s: div((1 + u^2)*grad(u)) = 2*f*(1 + 4*y^2) + 2*(1 + f^2)
on left, bottom, top: u = f
on right: (1 + u^2)*dn(u) = 1 + f^2
exact u = f
"""
CURVED = """
domain a(x, y) = disk(center = (0, 0), radius = 1) - polygon([(-0.3, -0.3), (0.3, -0.3), (0, 0.4)])
unknown u
boundary west = a.edge where x < -0.2 and x^2 + y^2 > 0.9
boundary others = rest
in a: div((2 + x)*grad(u)) + dx(u) - u = (3 + x)*exp(x)
on west: dn(u) + y*u + dy(u) = exp(x)*(n.x + y)
on others: u = exp(x)
exact u = exp(x)
"""
WAVES = """
domain a(x, y) = box(x = 0 .. 1, y = 0 .. 1) - disk(center = (1, 0), radius = 0.5)
unknown psi: complex
in a: lap(psi) + 25*psi = 0
on edge: dn(psi) + 5*i*psi = (3*n.x + 4*n.y + 5)*i*exp(i*(3*x + 4*y))
exact psi = exp(i*(3*x + 4*y))
"""


@pytest.mark.parametrize(
    ("text", "allowed"),
    [(TRACTION, 1e-10), (NONLINEAR, 1e-9), (CURVED, 1e-4), (WAVES, 2e-2)],
    ids=["traction", "nonlinear", "curved", "waves"],
)
def test_a_known_solution_is_found(
    text: str, allowed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finite_elements, "_COARSEST", 4)  # and 8
    system = derive_text(text)
    found = solve_with_elements(system, 1e-3, 0.0)
    assert system.exact is not None
    for name, expression in system.exact.fields:
        (wanted,) = evaluate_points([expression], system.coordinates, found.points.T)
        error = np.linalg.norm(found.values[name] - wanted) / np.linalg.norm(wanted)
        assert error < allowed
        # The agreement of two meshes is about the error of the coarser one.
        assert error <= found.agreement + 1e-11


def test_the_mesh_fills_the_domain_and_its_edges_lie_on_the_curve() -> None:
    problem = analyse_text(CURVED.partition("exact")[0])
    assert problem.domain.body is not None
    pieces = tuple(Piece(sheet) for sheet in problem.domain.body.sheets)
    outline = trace_outline(problem.domain, pieces, 0.2)
    mesh, owner = triangulate(problem.domain, outline, 0.2)
    import skfem

    area = skfem.Functional(lambda w: 1.0 + 0.0 * w.x[0]).assemble(
        skfem.Basis(mesh, skfem.ElementTriP2(), intorder=4)
    )
    # Arcs of 1/31 of a turn as parabolas; the triangle's area is 0.21.
    assert area == pytest.approx(np.pi - 0.21, abs=1e-4)
    on_circle = np.abs(np.linalg.norm(outline.middles, axis=1) - 1.0) < 1e-12
    assert on_circle.sum() >= 31
    assert (owner >= 0).sum() == len(outline.segments)


def test_no_triangle_has_two_sides_on_a_curve() -> None:
    # On a coarse mesh of a thin ring many would have.
    problem = analyse_text(
        "domain a(x, y) = disk(center = (0, 0), radius = 1) - disk(center = (0, 0), radius = 0.6)\n"
        "unknown u\nin a: lap(u) = 0\non edge: u = 1\n"
    )
    assert problem.domain.body is not None
    pieces = tuple(Piece(sheet) for sheet in problem.domain.body.sheets)
    for length in (0.5, 0.3):
        outline = trace_outline(problem.domain, pieces, length)
        mesh, owner = triangulate(problem.domain, outline, length)
        assert ((owner[mesh.t2f] >= 0).sum(axis=0) < 2).all()
        points = problem.domain.body.sample(500, 0)
        mapping = map_triangles(mesh)
        cells, inner = locate(mesh, mapping, points)
        # The place in the triangle leads back to the point.
        found = mapping.F(inner, tind=cells)[:, :, 0].T
        assert np.abs(found - points).max() < 1e-6


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "domain l(x) = interval(0, 1)\nunknown u\nin l: dxx(u) = 1\non edge: u = 0\n",
            "steady problems in two coordinates",
        ),
        (
            "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\nin d: lap(lap(u)) = 1\n"
            "on edge: u = 0\non edge: dn(u) = 0\n",
            "of higher than second order",
        ),
        (
            "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\nunknown v\nin d: lap(u) = v\n"
            "in d: v = u\non edge: u = 0\n",
            "of lower order",
        ),
        (
            "domain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = 0\n"
            "on edge: dn(u) = 0\nrequire mean(u) = 0\n",
            "no equation at a point of a mesh",
        ),
    ],
)
def test_what_it_cannot_take_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotClassicalError, match=reason):
        solve_with_elements(derive_text(text), 1e-3, 0.0)


def test_the_command_prints_both_times_and_names_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "pde 1\ndomain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = -4\n"
        "on edge: u = 0\nsolver { time_limit = 20 }\n"
    )
    arguments = ["verify", write_spec(tmp_path, text), "--against", "fem", "--format", "json"]
    assert run_cli(arguments) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["agrees"] is True
    assert "cubic triangles" in record["classical_method"]
    assert 0 < record["difference"]["u"] < 1e-4
    monkeypatch.setitem(sys.modules, "triangle", None)
    assert run_cli(arguments) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "need the package triangle" in error["message"]
    assert "pip install 'pdelang[fem]'" in error["help"]
