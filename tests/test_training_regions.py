"""Problems on regions, solved: against exact solutions, and put together again for people."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import trimesh

import pdelang
from pdelang import pipeline
from pdelang.artifacts.residuals import evaluate_residuals
from pdelang.calculus.system import Interior, OnPiece
from pdelang.geometry.affine import transform, turn_about
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.mesh import load_mesh
from pdelang.geometry.polygon import Polygon
from pdelang.geometry.shape import Difference, Intersection, Shape, Union
from pdelang.geometry.solids import Cone, Torus
from pdelang.lowering.lower import lower
from pdelang.networks.membership import lies_in
from pdelang.training.auto import decide_features
from pdelang.training.least_squares.collocation import draw_groups
from pdelang.training.sampling import build_sampler
from tests.stages import analyse_text

pytestmark = pytest.mark.usefixtures("without_pictures")

SPECS = Path(__file__).resolve().parent.parent / "specs"

# Two materials, three functions, with every kind of report; T is known in closed form.
SLAB = """pde 1
domain slab(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape a = box(x = 0 .. 0.4, y = 0 .. 1)
shape b = slab - a
boundary weld = interface(a, b)
let k = if x < 0.4 then 3 else 0.5
let drop = 0.4/3 + 0.6/0.5
let depth = abs(x - 0.4)
unknown T
unknown w in b
in slab: div(k*grad(T)) = 0
on weld as contact: jump(T) = 0
on weld as flux: jump(k*dn(T)) = 0
on left: T = 1
on right: T = 0
on bottom, top: dn(T) = 0
in b: lap(w) = w - depth
on weld, right: w = depth
on bottom, top: dn(w) = 0
exact T = if x < 0.4 then 1 - x/(3*drop) else (1 - x)/(0.5*drop)
exact w = depth
report mean_a = mean(T, in = a)
report whole = integral(T)
report across = integral(side(k*dn(T), a), on = weld)
report into = integral(k*dn(T), on = left)
report bend = integral(jump(dn(T)), on = weld)
report largest = max(T, in = b)
report at_b = value(T, (0.7, 0.5))
report volume = integral(w)
output { plots = none }
"""


@pytest.fixture(scope="module")
def slab() -> pdelang.Solution:
    return pdelang.compile(SLAB).solve(tolerance=1e-6)


def known_temperature(x: np.ndarray) -> np.ndarray:
    drop = 0.4 / 3 + 0.6 / 0.5
    return np.where(x < 0.4, 1 - x / (3 * drop), (1 - x) / (0.5 * drop))


def test_a_slab_of_two_layers_is_solved(slab: pdelang.Solution) -> None:
    assert slab.status == "solved"
    assert slab.error["T"] <= 1e-6
    assert slab.error["w"] <= 1e-6


def test_a_field_is_that_of_the_region_of_its_point(slab: pdelang.Solution) -> None:
    x, y = np.random.default_rng(1).random((2, 60))
    np.testing.assert_allclose(slab.T(x=x, y=y), known_temperature(x), atol=1e-6)
    inside = slab.w(x=x, y=y)
    assert (np.isnan(inside) == (x < 0.4)).all()
    np.testing.assert_allclose(inside[x > 0.4], x[x > 0.4] - 0.4, atol=1e-6)
    # The border belongs to the region, and on it the two sides agree.
    assert slab.w(x=0.4, y=0.5) == pytest.approx(0.0, abs=1e-6)
    assert slab.T(x=0.4, y=0.5) == pytest.approx(float(known_temperature(np.array(0.4))), abs=1e-6)


def test_a_slope_jumps_at_the_interface(slab: pdelang.Solution) -> None:
    drop = 0.4 / 3 + 0.6 / 0.5
    slope = jax.grad(lambda x: slab.T(x=x, y=0.3))
    assert float(slope(0.39)) == pytest.approx(-1 / (3 * drop), rel=1e-4)
    assert float(slope(0.41)) == pytest.approx(-1 / (0.5 * drop), rel=1e-4)


def test_reports_choose_regions_sides_and_points(slab: pdelang.Solution) -> None:
    drop = 0.4 / 3 + 0.6 / 0.5
    known = {
        "mean_a": 1 - 0.2 / (3 * drop),
        "whole": 0.4 * (1 - 0.2 / (3 * drop)) + 0.6 * 0.3 / (0.5 * drop),
        "across": -1 / drop,
        "into": 1 / drop,
        "bend": (1 / 3 - 2) / drop,
        "largest": 0.6 / (0.5 * drop),
        "at_b": 0.3 / (0.5 * drop),
        "volume": 0.18,
    }
    assert slab.reports == pytest.approx(known, rel=1e-6)


def test_an_artifact_on_regions_is_read_back(slab: pdelang.Solution, tmp_path: Path) -> None:
    slab.save(tmp_path / "slab.solution")
    again = pdelang.load(tmp_path / "slab.solution")
    x = np.linspace(0.0, 1.0, 21)
    for name in ("T", "w"):
        np.testing.assert_array_equal(again[name](x=x, y=0.5), slab[name](x=x, y=0.5))
    exported = jax.export.deserialize(
        bytearray((tmp_path / "slab.solution/field.stablehlo").read_bytes())
    )
    with jax.enable_x64(True):
        values = exported.call(np.column_stack([x, np.full(21, 0.5)]))
    np.testing.assert_allclose(values["T"], slab.T(x=x, y=0.5), atol=1e-12)
    assert (np.isnan(values["w"]) == np.isnan(slab.w(x=x, y=0.5))).all()


def test_a_residual_is_drawn_where_its_equation_holds(slab: pdelang.Solution) -> None:
    x = np.linspace(0.05, 0.95, 19)
    found = evaluate_residuals(slab._trained, np.column_stack([x, np.full(19, 0.5)]))
    sides = [(x < 0.4 - 1e-9).tolist(), (x > 0.4 + 1e-9).tolist()]
    seen = [np.isfinite(values)[np.abs(x - 0.4) > 1e-9] for values in found.values()]
    known = [np.array(side)[np.abs(x - 0.4) > 1e-9] for side in sides]
    which = [[bool((own == side).all()) for side in known] for own in seen]
    assert all(sum(row) == 1 for row in which)
    assert {row.index(True) for row in which} == {0, 1}
    assert max(np.nanmax(np.abs(values)) for values in found.values()) < 1e-4


def test_points_of_every_method_lie_in_their_regions() -> None:
    result = pipeline.run_until(pipeline.Stage.SYSTEM, SPECS / "dielectric_cylinder.pde")
    assert result.system is not None
    system = result.system
    sampler = build_sampler(lower(system), 64, False, jnp.float32)
    drawn = sampler.draw(sampler.seed(jax.random.key(0)), jnp.asarray(3))
    collocated = draw_groups(system, 200, seed=5)
    places = [group.place for group in collocated]
    assert len(places) == len(drawn.points)
    for place, first, second in zip(
        places, drawn.points, (group.points for group in collocated), strict=True
    ):
        for points, slack in ((np.asarray(first, float), 1e-6), (second, 1e-12)):
            radius = np.linalg.norm(points[:, :2], axis=1)
            match place:
                case Interior(region=region):
                    assert region is not None
                    low, high = {"cylinder": (0.0, 0.5), "air": (0.5, 1.0)}[region.name]
                    assert ((radius >= low - slack) & (radius <= high + slack)).all()
                case OnPiece(part=part):
                    assert radius == pytest.approx({"skin": 0.5, "far": 1.0}[part.name], abs=slack)
                    # On the skin normals point from the cylinder into the air.
                    np.testing.assert_allclose(
                        points[:, 2:], points[:, :2] / radius[:, None], atol=10 * slack
                    )


def test_splines_leave_regions_to_other_features() -> None:
    system = pipeline.check(SPECS / "layered_heat.pde").system
    assert system is not None
    assert decide_features(system, system.problem.settings).routes == ("features",)


def slanted_wave(points: np.ndarray) -> np.ndarray:
    return points[:, 0] ** 2 + 0.5 * np.sin(3 * points[:, 1]) - 0.3


DISK, SQUARE = Ball((0.1, 0.2), 0.5), Box((-0.4, -0.3), (0.6, 0.5))
STAR = Polygon(np.array([(0, 0), (1, 0.2), (0.3, 0.3), (0.2, 1), (-0.3, 0.1)]))
TURNED = transform(SQUARE, turn_about(None, 0.7), np.array([0.05, 0.1]))


@pytest.mark.parametrize(
    "shape",
    [
        Union(DISK, SQUARE),
        Difference(SQUARE, DISK),
        Intersection(STAR, DISK),
        TURNED,
        Cone((0, 0, 0), (0.2, 0.1, 0.5), 0.4, 0.2),
        Torus((0, 0, 0), (0.2, 0.1, 1), 0.5, 0.2),
        Intersection(
            LevelSet(slanted_wave, (-np.inf, -np.inf), (np.inf, np.inf)),
            Box((-1.0, -1.0), (1.0, 1.0)),
        ),
    ],
    ids=["union", "difference", "polygon", "turned", "cone", "torus", "formula"],
)
def test_jax_and_numpy_agree_on_what_lies_inside(shape: Shape) -> None:
    body = Body.of(shape)
    points = np.random.default_rng(3).uniform(-1.2, 1.2, (4000, shape.d))
    known = body.contains(points)
    assert 20 < known.sum() < 3980
    found = np.asarray(jax.jit(lambda p: lies_in(body, p))(jnp.asarray(points, jnp.float32)))
    # Points at the border to float32 may fall to either side.
    near = np.abs(shape.distance(points)) < 1e-5
    assert (found == known)[~near].all()
    portable = np.asarray(lies_in(body, jnp.asarray(points, jnp.float32), is_portable=True))
    # A function of NumPy is read off a table of 512 cells per axis.
    assert (portable == known)[np.abs(shape.distance(points)) > 0.01].all()


def test_jax_and_numpy_agree_on_edges_that_were_cut_off() -> None:
    middle = tuple(np.add(SQUARE.low, SQUARE.high) / 2)
    ell = Body.of(Difference(SQUARE, Box(middle, SQUARE.high)))
    axes = [np.linspace(low, high, 9) for low, high in zip(SQUARE.low, SQUARE.high, strict=True)]
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    known = ell.contains(points, 1e-9)
    assert known.sum() == 81 - 16, "of the quarter's edges the inner two"
    for portable in (False, True):
        found = jax.jit(lambda p, b=portable: lies_in(ell, p, b))(jnp.asarray(points))
        np.testing.assert_array_equal(np.asarray(found), known)


FORMULAS = """pde 1
param a = 0.3
let f = interp(csv("f.csv", x = "x", f = "f"))
let bump(s) = if s < 0 then 0.1*heaviside(s + 0.5) else max(s, 0.2, a)*erf(s)
domain d(x, y) = box(x = -1 .. 1, y = -1 .. 1) - implicit(log(1.1 + x)^2 + a*sin(3*y)^3 + bump(y) - f)
unknown u
in d: u = 1
"""


def test_formulas_and_parts_are_judged_in_jax_as_in_numpy(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("x,f\n-1,0.5\n0,0.1\n1,0.4\n")
    (tmp_path / "f.pde").write_text(FORMULAS)
    problem = pipeline.check(tmp_path / "f.pde").problem
    assert problem is not None
    formulas = problem.domain.body
    trimesh.creation.icosphere(subdivisions=2, radius=1.0).export(tmp_path / "part.stl")
    part = Body.of(Difference(load_mesh(tmp_path / "part.stl"), Box((0, 0, 0), (1, 1, 1))))
    assert formulas is not None
    for body in (formulas, part):
        points = np.random.default_rng(4).uniform(-1.1, 1.6, (4000, body.d))
        known = body.contains(points)
        assert 400 < known.sum() < 3600
        with jax.enable_x64(True):
            shape = jax.export.symbolic_shape(f"n, {body.d}")
            place = jax.ShapeDtypeStruct(shape, jnp.float64)
            # A callback to this process would be refused here.
            alone = jax.export.export(jax.jit(lambda p, b=body: lies_in(b, p, True)))(place)
            exported = np.asarray(alone.call(jnp.asarray(points)))
            traced = np.asarray(lies_in(body, jnp.asarray(points)))
        # Without a table every point is right, however near to the outline.
        np.testing.assert_array_equal(exported, known)
        np.testing.assert_array_equal(traced, known)


def test_a_formula_that_jax_does_not_know_is_known_to_a_cell_elsewhere() -> None:
    text = (
        "domain d(x) = implicit(besselj(0, x)^2 - 0.05) & interval(0, 8)\nunknown u\nin d: u = 1\n"
    )
    body = analyse_text(text).domain.body
    assert body is not None
    points = np.random.default_rng(4).uniform(0.0, 8.0, (40_000, 1))
    known = body.contains(points)
    with jax.enable_x64(True):
        np.testing.assert_array_equal(np.asarray(lies_in(body, jnp.asarray(points))), known)
        portable = np.asarray(lies_in(body, jnp.asarray(points), is_portable=True))
    wrong = points[portable != known]
    assert len(wrong) > 0
    assert (np.abs(body.shape.distance(wrong)) < 8 / 4096).all()


def test_two_fields_meet_at_an_interface() -> None:
    """A field of each region, u'' = 1 and v'' = 2, with one value and one flux where they meet."""
    text = """pde 1
domain d(x, y) = box(x = 0 .. 2, y = 0 .. 1)
shape a = box(x = 0 .. 1, y = 0 .. 1)
shape b = box(x = 1 .. 2, y = 0 .. 1)
boundary weld = interface(a, b)
unknown u in a
unknown v in b
in a: lap(u) = 1
in b: lap(v) = 2
on weld: side(u, a) = side(v, b)
on weld: dn(u) = dn(v)
on left: u = 0
on right: v = 0
on top, bottom: dn(u) = 0
on top, bottom: dn(v) = 0
exact u = x^2/2 - 1.25*x
exact v = (x - 2)^2 + 1.75*(x - 2)
"""
    solution = pdelang.compile(text).solve()
    assert solution.status == "solved"
    assert max(solution.error.values()) < 1e-9
