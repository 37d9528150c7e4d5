"""Gram matrices, blocks, traces and spectra against explicit Jacobians, in float64."""

from __future__ import annotations

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from pdelang import pipeline
from pdelang.calculus.sought import seek_jointly
from pdelang.kernels.conjugate import build_conjugate_jacobian
from pdelang.kernels.gram import gram_matrix, kernel_block, kernel_diagonal, scale_kernel
from pdelang.kernels.jacobian import build_jacobian, ravel_parameters
from pdelang.kernels.spectrum import dense_spectrum, kernel_spectrum
from pdelang.lowering.lower import lower
from tests.kernel_samples import SPECS, build_sample, explicit_jacobian, sample_program

# Sums of the same products in another order, relative to the largest entry.
TOLERANCE = 1e-10


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def assert_close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE * np.abs(expected).max())


@pytest.mark.parametrize("name", sorted(SPECS))
def test_kernel_blocks_traces_and_spectrum_equal_those_of_the_explicit_jacobian(name):
    rows, parameters, jacobian, explicit = build_sample(name)
    assert explicit.shape == (rows.count, jacobian.columns)

    kernel = explicit @ explicit.T
    found = gram_matrix(jacobian, parameters)
    assert_close(found, kernel)
    assert np.array_equal(found, found.T)
    assert_close(kernel_diagonal(jacobian, parameters), np.diag(kernel))
    for g in range(len(rows.assembly.terms)):
        for h in range(len(rows.assembly.terms)):
            expected = explicit[rows.terms == g] @ explicit[rows.terms == h].T
            assert_close(kernel_block(jacobian, parameters, g, h), expected)

    # Singular values are another algorithm than the eigenvalues of the product.
    expected = np.zeros(rows.count)
    singular = np.linalg.svd(np.sqrt(rows.copies)[:, None] * explicit, compute_uv=False)
    expected[: singular.size] = singular[: rows.count] ** 2
    spectrum = kernel_spectrum(jacobian, parameters, rows.copies)
    assert_close(spectrum.eigenvalues, expected)
    assert spectrum.trace == pytest.approx(float(np.sum(expected)), rel=TOLERANCE)
    residue = scale_kernel(kernel, rows.copies) @ spectrum.vectors
    assert_close(residue, spectrum.vectors * spectrum.eigenvalues)

    budget = 4 * 2 * 8 * jacobian.columns  # four rows at a time, which divides no term evenly
    assert_close(gram_matrix(jacobian, parameters, budget), kernel)
    assert_close(kernel_diagonal(jacobian, parameters, budget), np.diag(kernel))
    own, other = rows.terms == 0, rows.terms == rows.terms[-1]
    block = kernel_block(jacobian, parameters, 0, int(rows.terms[-1]), budget)
    assert_close(block, explicit[own] @ explicit[other].T)


def test_readings_have_rows_and_fits_have_columns(tmp_path: Path) -> None:
    (tmp_path / "probes.csv").write_text("x,u\n0.2,0.1\n0.45,0.3\n0.8,0.2\n", "utf-8")
    (tmp_path / "spec.pde").write_text(
        """pde 1
domain rod(x) = interval(0, 1)
data probes = csv("probes.csv", x = "x", u = "u")
fit k = 2 within 0.1 .. 10
unknown u
in rod as balance: k*dxx(u) = -sin(pi*x)
on left, right as ends: u = 0
at probes as readings: u = probes.u
solver { method = adam  conditions = soft  network = mlp(width = 5, depth = 1) }
""",
        "utf-8",
    )
    system = pipeline.check(tmp_path / "spec.pde").system
    assert system is not None
    rows, parameters, jacobian, explicit = sample_program(lower(seek_jointly(system)))
    own = rows.assembly.labels.index("readings")
    assert np.sum(rows.terms == own) == 3
    # The fit moves the equation, and not what was read.
    only_fit = jax.tree.map(jnp.zeros_like, parameters["trained"])
    only_fit["fits"] = jax.tree.map(jnp.ones_like, only_fit["fits"])
    column = ravel_parameters(only_fit) == 1
    assert column.sum() == 1
    assert np.all(explicit[rows.terms == own][:, column] == 0)
    kernel = explicit @ explicit.T
    assert_close(gram_matrix(jacobian, parameters), kernel)
    assert_close(kernel_diagonal(jacobian, parameters), np.diag(kernel))
    block = kernel_block(jacobian, parameters, own, 0)
    assert_close(block, explicit[rows.terms == own] @ explicit[rows.terms == 0].T)


def test_a_range_of_rows_may_begin_and_end_within_groups():
    rows, parameters, jacobian, explicit = build_sample("system")
    ends = {group.start for group in rows.groups}
    assert not {3, 31} & ends
    assert len(ends & set(range(3, 31))) >= 2
    assert_close(jacobian.evaluate(parameters, 3, 31), explicit[3:31])


def test_products_with_the_jacobian_need_no_jacobian():
    _, parameters, jacobian, explicit = build_sample("flux_with_mean")
    random = np.random.default_rng(3)
    direction = random.standard_normal(explicit.shape[1])
    covector = random.standard_normal(len(explicit))
    assert_close(jacobian.push(parameters, direction), explicit @ direction)
    assert_close(jacobian.pull(parameters, covector), explicit.T @ covector)


def test_lanczos_finds_the_leading_part_of_the_dense_spectrum():
    rows, parameters, jacobian, _ = build_sample("poisson_soft", points=70)
    dense = kernel_spectrum(jacobian, parameters, rows.copies)
    found = kernel_spectrum(jacobian, parameters, rows.copies, dense_up_to=10)
    assert dense.is_complete
    assert not found.is_complete
    assert found.condition is None
    count = found.eigenvalues.size
    assert 60 < count < dense.size
    assert_close(found.eigenvalues, dense.eigenvalues[:count])
    assert found.trace == pytest.approx(dense.trace, rel=1e-12)
    ridge = dense.largest / 100
    known = dense.effective_dimension(ridge)
    assert known * 0.99 < found.effective_dimension(ridge) <= known * (1 + 1e-12)
    # The same leading eigenfunction, up to sign.
    cosine = abs(float(found.vectors[:, 0] @ dense.vectors[:, 0]))
    assert cosine == pytest.approx(1.0, abs=1e-8)


def test_the_kernel_is_formed_in_float64_from_float32_parameters():
    rows, parameters, _, _ = build_sample("data")
    narrow = jax.tree.map(lambda leaf: np.asarray(leaf, np.float32), parameters)
    wide = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), narrow)
    explicit = explicit_jacobian(rows, wide)
    with jax.enable_x64(False):
        found = gram_matrix(build_jacobian(rows, narrow), narrow)
    assert found.dtype == np.float64
    assert_close(found, explicit @ explicit.T)


def test_scales_count_a_row_as_often_as_it_stands():
    kernel = np.array([[2.0, 1.0], [1.0, 3.0]])
    repeated = np.repeat(np.repeat(kernel, [3, 1], axis=0), [3, 1], axis=1)
    scaled = dense_spectrum(scale_kernel(kernel, np.array([3.0, 1.0])))
    expected = np.linalg.eigvalsh(repeated)[::-1][:2]
    np.testing.assert_allclose(scaled.eigenvalues, expected, rtol=1e-14)


def test_spectrum_in_numbers():
    spectrum = dense_spectrum(np.diag([4.0, 1.0, 0.25, 0.0]))
    assert spectrum.largest == 4.0
    assert spectrum.smallest == 0.0
    assert spectrum.rank == 3
    assert spectrum.condition == np.inf
    assert spectrum.effective_dimension(1.0) == pytest.approx(0.8 + 0.5 + 0.2)
    assert dense_spectrum(np.diag([4.0, 2.0])).condition == 2.0


def test_the_conjugate_kernel_is_that_of_the_last_layer():
    rows, parameters, _, explicit = build_sample("poisson_hard")
    marked = jax.tree.map(jnp.zeros_like, parameters["trained"])
    last = marked["layers"][-1]
    marked["layers"][-1] = {**last, "weight": jnp.ones_like(last["weight"])}
    columns = ravel_parameters(marked) == 1
    jacobian = build_conjugate_jacobian(rows, parameters)
    assert jacobian.columns == columns.sum() == 5
    expected = explicit[:, columns] @ explicit[:, columns].T
    assert_close(gram_matrix(jacobian, parameters), expected)


def test_frozen_features_have_one_kernel():
    rows, parameters, _, explicit = build_sample("features")
    conjugate = gram_matrix(build_conjugate_jacobian(rows, parameters), parameters)
    assert_close(conjugate, explicit @ explicit.T)
