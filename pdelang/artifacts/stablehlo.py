"""A solution as a compiled function that JAX alone can call.

import jax
field = jax.export.deserialize(open("field.stablehlo", "rb").read())
with jax.enable_x64(True):  # where field.in_avals[0].dtype is float64
    values = field.call(points)  # (n, d) -> {"u": (n,), …}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdelang.training.solution import Solution

_PLATFORMS = ("cpu", "cuda", "tpu")


def write_stablehlo(solution: Solution) -> bytes:
    """Return the bytes of ``jax.export``: points (n, d), any n, to a dict of (n,) per component.

    Columns are the coordinates, time last, in physical units; values outside the domain, in its holes
    too, are NaN. Its numbers are those of the solution's precision, whatever JAX's global setting.
    """
    import jax
    from jax import export

    from pdelang.artifacts.evaluation import evaluate_inside
    from pdelang.training.precision import numeric_context, read_dtype

    # float64 exists only inside this context, and so does everything traced here.
    with numeric_context(solution.precision):
        (n,) = export.symbolic_shape("n")
        shape = jax.ShapeDtypeStruct((n, solution.model.dimension), read_dtype(solution.precision))

        def field(points: jax.Array) -> dict[str, jax.Array]:
            return evaluate_inside(solution, points, is_portable=True)

        exported = export.export(jax.jit(field), platforms=_PLATFORMS)(shape)
        return bytes(exported.serialize())
