"""Trees of dicts, lists, numbers, texts and arrays as JSON beside named arrays, and back, bit for bit.

An array becomes ``{"array": name}`` in the JSON. One that lies column by column in memory is
marked, and lies so again when it is read: the order decides how sums over it round.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_ARRAY, _BY_COLUMNS = "array", "by_columns"


def split_tree(tree: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return what JSON can hold of a tree; its arrays are added to ``arrays``.

    Raises TypeError for a leaf that is neither JSON nor an array.
    """
    match tree:
        case None | bool() | str():
            return tree
        case np.generic():
            return tree.item()
        case int() | float():
            return tree
        case Mapping():
            if not all(isinstance(key, str) for key in tree):
                raise TypeError("the keys of a state are texts")
            return {key: split_tree(item, arrays) for key, item in tree.items()}
        case list() | tuple():
            return [split_tree(item, arrays) for item in tree]
        case _ if hasattr(tree, "__array__"):
            array = np.asarray(tree)
            if array.dtype.hasobject:
                raise TypeError(f"a state cannot hold {type(tree).__name__}")
            name = str(len(arrays))
            by_columns = array.flags.f_contiguous and not array.flags.c_contiguous
            # safetensors writes the buffer as it lies in memory.
            arrays[name] = np.array(array.T if by_columns else array, order="C")
            return {_ARRAY: name, **({_BY_COLUMNS: True} if by_columns else {})}
        case _:
            raise TypeError(f"a state cannot hold {type(tree).__name__}")


def join_tree(tree: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """Return the tree again; raises KeyError for an array that is missing."""
    match tree:
        case {"array": str(name)}:
            array = np.array(arrays[name])
            return array.T if tree.get(_BY_COLUMNS) else array
        case dict():
            return {key: join_tree(item, arrays) for key, item in tree.items()}
        case list():
            return [join_tree(item, arrays) for item in tree]
        case _:
            return tree
