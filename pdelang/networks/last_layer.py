"""The linear last layer of a network, apart from what feeds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# A network's fields are linear in these parameters, whatever the others are; in fits nothing is.
Join = Callable[[Any], dict[str, Any]]


def split_last_layer(trained: dict[str, Any]) -> tuple[Any, Join]:
    """Return the parameters of the last layer, and what puts others in their place.

    Fits that are sought with the network go with its last layer. Every network of the project ends in an affine map: the last of ``layers``, or the
    ``coefficients`` of frozen features. Raises TypeError for parameters with neither.
    """
    if "fits" in trained:
        last, put = split_last_layer(trained["fields"])
        whole = {"last": last, "fits": trained["fits"]}
        return whole, lambda new: {"fields": put(new["last"]), "fits": new["fits"]}
    if "layers" in trained:
        inner = list(trained["layers"][:-1])
        return trained["layers"][-1], lambda last: {**trained, "layers": [*inner, last]}
    if "coefficients" in trained:
        return trained["coefficients"], lambda last: {**trained, "coefficients": last}
    raise TypeError(f"no last layer among {', '.join(sorted(trained))}")
