"""Finite elements as a classical solver to compare with."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from pdelang.calculus.numeric import evaluate_points
from pdelang.networks.regional import join_values, list_components
from pdelang.semantics.boundary import Piece
from pdelang.training.classical import finite_elements
from pdelang.training.classical.finite_elements import solve_with_elements
from pdelang.training.classical.outline import trace_outline
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.triangulation import locate, map_triangles, triangulate
from pdelang.training.norms import compare_fields
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
# Two regions that meet at a third one in two points; the field of the first lives there alone.
JUNCTIONS = """
domain d(x, y) = box(x = 0 .. 2, y = 0 .. 2)
shape a = box(x = 0 .. 1, y = 0 .. 1)
shape b = box(x = 1 .. 2, y = 0 .. 1)
shape c = box(x = 0 .. 2, y = 1 .. 2)
boundary ab = interface(a, b)
boundary ac = interface(a, c)
boundary bc = interface(c, b)
unknown u
unknown q in a
in a: 2*lap(u) = 8 + q - x*y
in b: lap(u) = 4
in c: -3*lap(u) = -12
in a: lap(q) = 0
on ab, ac, bc: jump(u) = 0
on ab: jump(dn(u)) = 0
on ac: side(dn(u), a) = side(dn(u), c)
on bc: jump(dn(u)) = 0
on ab, ac: side(q, a) = x*y
on left, bottom as skin: q = 0
on edge: u = x^2 + y^2
exact u = x^2 + y^2
exact q = x*y
"""
# A jump of the value that is given, fluxes in a ratio that is not the equations', unequal factors.
STEP = """
domain d(x, y) = disk(center = (0, 0), radius = 2)
shape core = disk(center = (0, 0), radius = 1)
shape rim = d - core
boundary skin = interface(core, rim)
unknown u
in core: lap(u) = 4
in rim: -3*lap(u) + u = -12 + x^2 + y^2 + 1
on skin: side(u, rim) = 2*side(u, core) + x^2 + y^2 - 1
on skin: side(dn(u), core) + side(u, core) = side(dn(u), rim) + x^2 + y^2
on edge: u = x^2 + y^2 + 1
exact u = if x^2 + y^2 < 1 then x^2 + y^2 else x^2 + y^2 + 1
"""
# Contact resistance: both conditions have fluxes in them.
RESISTANCE = """
domain d(x, y) = box(x = 0 .. 2, y = 0 .. 1)
shape a = box(x = 0 .. 0.5, y = 0 .. 1)
shape b = d - a
boundary weld = interface(a, b)
unknown T
in a: lap(T) = 0
in b: div(4*grad(T)) = 0
on weld: side(dn(T), a) = 2*(side(T, b) - side(T, a))
on weld: side(dn(T), a) = 4*side(dn(T), b)
on left: T = 0
on right: dn(T) = 1
on top, bottom: dn(T) = 0
exact T = if x < 0.5 then 4*x else 4 + (x - 0.5)
"""
# Fixed up to a constant, and to a rotation and two translations.
GAUGE = """
domain d(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in d: -lap(u) = 6*x - 2
on edge: dn(u) = n.x*(1 - 3*x^2) + n.y*2*y
require integral(u) = pi/4
exact u = x - x^3 + y^2
"""
RIGID = """
domain d(x, y) = box(x = -1 .. 1, y = -1 .. 1)
unknown w: vector
let sigma = sym(grad(w)) + div(w)*identity
in d: div(sigma) = (5.5, 0)
on edge: dot(sigma, n) = (5*x*n.x + 0.5*y*n.y, 0.5*y*n.x + 4*x*n.y)
at (0, 0): w = (0, 0)
require mean(curl(w)) = 0
exact w = (x^2, x*y)
"""
# The pressure is fixed by the traction on the right; no condition on it stands anywhere.
STOKES = """
domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in d as momentum: grad(p) - lap(w) = (y - 2, x)
in d as mass: div(w) = 0
boundary out = d.right
on out: dn(w) - p*n = (2 - y, -2*y)
boundary walls = rest
on walls: w = (x^2, -2*x*y)
exact w = (x^2, -2*x*y)
exact p = x*y
"""


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (TRACTION, 1e-10),
        (NONLINEAR, 1e-9),
        (CURVED, 1e-4),
        (WAVES, 2e-2),
        (JUNCTIONS, 1e-10),
        (STEP, 1e-3),
        (RESISTANCE, 1e-10),
        (GAUGE, 1e-3),
        (RIGID, 1e-10),
        (STOKES, 1e-10),
    ],
    ids=[
        "traction",
        "nonlinear",
        "curved",
        "waves",
        "junctions",
        "step",
        "resistance",
        "gauge",
        "rigid",
        "stokes",
    ],
)
def test_a_known_solution_is_found(
    text: str, allowed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finite_elements, "_COARSEST", 4)  # and 8
    system = derive_text(text)
    found = solve_with_elements(system, 1e-3, 0.0)
    assert system.exact is not None
    known = {
        name: np.broadcast_to(
            evaluate_points([expression], system.coordinates, found.points.T)[0], len(found.points)
        )
        for name, expression in system.exact.fields
    }
    unknowns = system.problem.unknowns
    wanted = join_values(list_components(unknowns), known, found.points)
    for error in compare_fields(unknowns, found.values, wanted).values():
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
        cells, inner = locate(mesh, mapping, points, np.arange(mesh.t.shape[1]))
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
            "in d: dx(v) = u\non edge: u = 0\non left: v = 1\n",
            "`v` is given on a line, where it has no second derivatives",
        ),
        (
            "domain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = 0\n"
            "on edge: dn(u) = 0\nrequire integral(u, on = edge) = 0\n",
            "no integral over its domain or a region",
        ),
        (
            "domain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = 1\n"
            "on edge: dn(u) = 0\nrequire mean(u) = 0\n",
            "do not balance",
        ),
        (
            "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nshape a = box(x = 0 .. 0.5, y = 0 .. 1)\n"
            "shape b = d - a\nboundary seam = interface(a, b)\nunknown u\nin a: lap(u) = 1\n"
            "in b: lap(u) = 0\non edge: u = 0\non seam: jump(u) = 0\n"
            "on seam: side(dn(u), a) = (1 + y)*side(dn(u), b)\n",
            "not in a constant ratio",
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
