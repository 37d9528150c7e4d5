"""The conjugate kernel: the tangent kernel of the last layer alone.

A network with a linear last layer is ``u = Σ_m c_m φ_m``; by its coefficients the residual has the
rows ``Σ_α (∂r/∂u_α) φ_m^(α)``, the last hidden features under the operator, and their Gram matrix is
the kernel that a frozen network with a trained last layer has. For a value, ``K = Φ Φᵀ``.
Source: Daniely, Frostig, Singer, "Toward deeper understanding of neural networks", NIPS 2016;
for physics-informed networks arXiv 2310.18612.
"""

from __future__ import annotations

from typing import Any

from pdelang.kernels.jacobian import JacobianRows, ParameterPart, build_jacobian
from pdelang.kernels.rows import Rows


def build_conjugate_jacobian(rows: Rows, parameters: Any) -> JacobianRows:
    """Return the Jacobian of ``rows`` by the weights of the last layer; biases are no features."""
    return build_jacobian(rows, parameters, ParameterPart(_select_last, _put_back_last))


def _select_last(trained: Any) -> Any:
    match trained:
        case {"layers": [*_, {"weight": weight}]}:
            return {"weight": weight}
        case {"coefficients": coefficients}:
            return {"coefficients": coefficients}
        case _:
            raise TypeError(f"no last layer in parameters {sorted(trained)}")


def _put_back_last(trained: Any, part: Any) -> Any:
    if "coefficients" in part:
        return {**trained, **part}
    layers = trained["layers"]
    return {**trained, "layers": [*layers[:-1], {**layers[-1], **part}]}
