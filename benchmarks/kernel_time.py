"""Time and memory of the Gram matrix of many points.

    python benchmarks/kernel_time.py [--points 10000] [--width 64] [--depth 4]

One equation in two coordinates, u_t + u u_x = 0.01 u_xx on ``points`` points; printed are the seconds of
processor time for K, for its leading eigenvalues by Lanczos without K, and the peak memory.
"""

from __future__ import annotations

import argparse
import resource
import time

import jax
import jax.numpy as jnp
import numpy as np

from pdelang import pipeline
from pdelang.kernels.gram import gram_matrix
from pdelang.kernels.jacobian import build_jacobian
from pdelang.kernels.rows import list_rows
from pdelang.kernels.spectrum import kernel_spectrum
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.training.sampling import build_sampler

SPEC = """
pde 1
domain line(x) = interval(-1, 1)
time t in 0 .. 1
unknown u
in line as burgers: dt(u) + u*dx(u) = 0.01*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = -sin(pi*x)
solver {{ conditions = hard  network = mlp(width = {width}, depth = {depth}) }}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="time and memory of the Gram matrix")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--depth", type=int, default=4)
    options = parser.parse_args()
    program = pipeline.compile(SPEC.format(width=options.width, depth=options.depth)).program
    assert program is not None
    with jax.enable_x64(True):
        model = FieldModel.from_program(program, program.system.problem.settings)
        sampler = build_sampler(program, options.points, False, np.float64)
        parameters = model.initialise(jax.random.key(0), np.float64)
        batch = jax.jit(sampler.draw)(sampler.seed(jax.random.key(1)), jnp.zeros((), jnp.int32))
        rows = list_rows(build_assembly(program, model, {}), batch, sampler.copies)
        jacobian = build_jacobian(rows, parameters)
        began, clock = time.process_time(), time.monotonic()
        kernel = gram_matrix(jacobian, parameters)
        formed = time.process_time() - began
        print(
            f"K of {kernel.shape[0]:,} points, {jacobian.columns:,} parameters: {formed:.0f} s of processor"
        )
        print(f"  ({time.monotonic() - clock:.0f} s of wall clock), trace {np.trace(kernel):.6e}")
        began = time.process_time()
        spectrum = kernel_spectrum(jacobian, parameters, dense_up_to=0)
        found = time.process_time() - began
        print(
            f"{spectrum.eigenvalues.size} leading eigenvalues by Lanczos, without K: {found:.0f} s"
        )
        print(f"  largest {spectrum.largest:.6e}, trace {spectrum.trace:.6e}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
