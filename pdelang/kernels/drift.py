"""Whether training stayed in the linear regime, and how directly it went.

All are numbers without a unit, 0 where nothing moved. With J, K and r at the start and
J', K', r' at the end, ``d = θ' − θ``:

| number             | formula                              | small means                        |
|--------------------|--------------------------------------|------------------------------------|
| parameter drift    | ‖θ' − θ‖ / ‖θ‖                       | the parameters hardly moved        |
| kernel drift       | ‖K' − K‖ / ‖K‖                       | forecasts by the first kernel hold |
| linearisation flag | ‖r' − r − J d‖ / ‖J d‖               | the model is linear along d        |

Sources: Jacot, Gabriel, Hongler, NeurIPS 2018; Chizat, Oyallon, Bach, "On lazy training in
differentiable programming", NeurIPS 2019; motion efficiency: arXiv 2307.14653.
"""

from __future__ import annotations

import numpy as np

# Above these a forecast by the first kernel is no longer to be trusted.
KERNEL_DRIFT_LIMIT = 0.1
LINEARISATION_LIMIT = 0.1


def relative_change(before: np.ndarray, after: np.ndarray) -> float:
    """Return ``‖after − before‖ / ‖before‖``: the drift of parameters or of a kernel."""
    return _divide(float(np.linalg.norm(after - before)), float(np.linalg.norm(before)))


def kernel_drift(before: np.ndarray, after: np.ndarray) -> float:
    """Return ``‖K' − K‖_F / ‖K‖_F`` from Jacobians ``(n, p)`` at the start and at the end.

    The kernels are formed and subtracted: ``‖JJᵀ‖² − 2 ‖JJ'ᵀ‖² + ‖J'J'ᵀ‖²`` would lose small
    drifts to rounding.
    """
    return relative_change(before @ before.T, after @ after.T)


def linearisation_flag(before: np.ndarray, after: np.ndarray, linear: np.ndarray) -> float:
    """Return ``‖r' − r − J d‖ / ‖J d‖`` from r, r' and ``J d``, each ``(n,)``."""
    return _divide(float(np.linalg.norm(after - before - linear)), float(np.linalg.norm(linear)))


def align_gradients(gradients: np.ndarray) -> np.ndarray:
    """Return the cosines between the terms' gradients ``(terms, p)``, ``(terms, terms)``.

    −1: what helps one term harms the other. 0 where a gradient vanishes.
    """
    norms = np.linalg.norm(gradients, axis=1)
    unit = gradients / np.where(norms > 0, norms, 1.0)[:, None]
    return unit @ unit.T


def motion_efficiency(displacement: float, path: float, steps: int) -> float:
    """Return ``‖θ_T − θ_0‖² / (T ∫‖θ'‖² dt)`` of a run of ``steps`` steps, in 0 .. 1.

    ``displacement`` is ``‖θ_T − θ_0‖``, ``path`` the sum of the steps' squared lengths. 1 is a
    straight line at constant speed; by Cauchy and Schwarz nothing is above.
    """
    return _divide(displacement**2, steps * path)


def _divide(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else 0.0
