"""From one window of time to the next: what it starts from, and where Newton's method starts."""

from __future__ import annotations

import numpy as np

from pdelang.training.splines.moments import Coefficients, Moments
from pdelang.training.splines.point_space import PointSpace
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.window import Piece


def predict_state(
    last: Piece | None, space: SplineSpace | PointSpace, moments: Moments, given: Coefficients
) -> Coefficients:
    """Return the last window's polynomial continued, as coefficients of the new one.

    ``given`` are the fields and rates at its start.
    """
    state = []
    for k, (basis, data) in enumerate(zip(moments.bases, given, strict=True)):
        c = np.zeros((space.count, basis.order + basis.stages))
        c[:, : basis.order] = data
        if last is not None:
            old = last.space.carry(last.state[k], space)
            later = (moments.times - last.moments.start) / last.moments.length
            rate = max(basis.order - 1, 0)
            wanted = old @ last.moments.bases[k].values(later, rate, last.moments.length)
            functions = basis.values(moments.tau, rate, moments.length)
            rest = wanted - data @ functions[: basis.order]
            c[:, basis.order :] = np.linalg.solve(functions[basis.order :].T, rest.T).T
        state.append(c)
    return tuple(state)


def carry_end(last: Piece, space: SplineSpace | PointSpace) -> Coefficients:
    """Return fields and rates at the end of a window, on a finer space."""
    end = np.ones(1)
    data = []
    for c, basis in zip(last.state, last.moments.bases, strict=True):
        columns = [c @ basis.values(end, j, last.moments.length) for j in range(basis.order)]
        own = np.concatenate(columns, axis=1) if columns else np.zeros((len(c), 0))
        data.append(last.space.carry(own, space))
    return tuple(data)
