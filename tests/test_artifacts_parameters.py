"""Parameters as named arrays: stable names, the same containers back, no pickle."""

import jax
import numpy as np
import pytest

from pdelang.artifacts.parameters import name_arrays, restore_parameters

TREE = {
    "trained": {"layers": [{"weight": np.arange(6.0).reshape(2, 3).T, "bias": np.zeros(2)}]},
    "frozen": {"scale": np.float64(3.0)},
}


def test_names_are_the_paths() -> None:
    assert sorted(name_arrays(TREE)) == [
        "frozen.scale",
        "trained.layers.0.bias",
        "trained.layers.0.weight",
    ]


def test_the_way_through_safetensors_is_the_identity() -> None:
    from safetensors.numpy import load, save

    template = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), TREE)
    back = restore_parameters(load(save(name_arrays(TREE))), template)
    assert jax.tree.structure(back) == jax.tree.structure(TREE)
    jax.tree.map(np.testing.assert_array_equal, back, TREE)


def test_arrays_that_do_not_fit_are_named() -> None:
    arrays = name_arrays(TREE)
    with pytest.raises(ValueError, match=r"'trained\.layers\.0\.bias' is missing"):
        restore_parameters({k: v for k, v in arrays.items() if "bias" not in k}, TREE)
    with pytest.raises(ValueError, match="'more' does not belong"):
        restore_parameters({**arrays, "more": np.zeros(1)}, TREE)
    with pytest.raises(ValueError, match=r"shape \(5,\), the network needs \(2,\)"):
        restore_parameters({**arrays, "trained.layers.0.bias": np.zeros(5)}, TREE)
