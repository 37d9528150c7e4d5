"""Parameters of a model as a safetensors file: arrays under stable names, no pickle.

A name is the path through the nested containers, ``layers.0.weight``, so a file can be read
without `pdelang`. The containers themselves come from the model, which knows its own shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jax.tree_util import (
    DictKey,
    FlattenedIndexKey,
    GetAttrKey,
    SequenceKey,
    tree_flatten_with_path,
    tree_unflatten,
)


def name_arrays(parameters: Any) -> dict[str, np.ndarray]:
    """Return every leaf of a pytree under its name."""
    leaves, _ = tree_flatten_with_path(parameters)
    # safetensors writes the buffer as it lies in memory, so transposed views must be copied.
    return {_join(path): np.array(leaf, order="C") for path, leaf in leaves}


def restore_parameters(arrays: Mapping[str, np.ndarray], template: Any) -> Any:
    """Return the arrays in the containers of ``template`` (arrays or ``jax.ShapeDtypeStruct``).

    Raises:
        ValueError: an array is missing, is one too many, or has another shape.
    """
    leaves, structure = tree_flatten_with_path(template)
    names = [_join(path) for path, _ in leaves]
    if missing := [name for name in names if name not in arrays]:
        raise ValueError(f"the array '{missing[0]}' is missing")
    if extra := sorted(set(arrays) - set(names)):
        raise ValueError(f"the array '{extra[0]}' does not belong to this network")
    for name, (_, leaf) in zip(names, leaves, strict=True):
        if arrays[name].shape != leaf.shape:
            raise ValueError(
                f"the array '{name}' has shape {arrays[name].shape}, the network needs {leaf.shape}"
            )
    return tree_unflatten(structure, [arrays[name] for name in names])


def _join(path: tuple[Any, ...]) -> str:
    return ".".join(_name_key(key) for key in path) or "value"


def _name_key(key: Any) -> str:
    match key:
        case DictKey(key=name) | FlattenedIndexKey(key=name):
            return str(name)
        case SequenceKey(idx=index):
            return str(index)
        case GetAttrKey(name=name):
            return name
        case _:
            raise TypeError(f"no name for the container key {jax.tree_util.keystr((key,))}")
