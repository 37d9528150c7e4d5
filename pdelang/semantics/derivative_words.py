"""Derivative words: ``dx``, ``dtt``, ``dxy`` read as coordinate names after a ``d``."""

from __future__ import annotations

from functools import lru_cache

HIGHEST_ORDER = 32
"""Derivatives above this order are refused (E020): no method could take them."""

_LONGEST_WORD = 400


@lru_cache(maxsize=4096)
def read_derivative_word(word: str, coordinates: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return every reading of ``word`` as ``d`` + coordinate names, each reading sorted.

    No reading: not a derivative word. More than one: ambiguous (``dab`` where ``a``, ``b``
    and ``ab`` are coordinates).
    """
    if not 2 <= len(word) <= _LONGEST_WORD or not word.startswith("d"):
        return ()
    readings = _segment(word[1:], coordinates)
    return tuple(sorted({tuple(sorted(reading)) for reading in readings}))


def write_derivative(coordinates: tuple[str, ...], operand: str) -> str:
    """Return ``dxx(u)`` for one-letter coordinates, else ``d(u, theta, theta)``."""
    if not coordinates:
        return operand
    if all(len(c) == 1 for c in coordinates):
        return f"d{''.join(coordinates)}({operand})"
    return f"d({operand}, {', '.join(coordinates)})"


def _segment(letters: str, coordinates: tuple[str, ...]) -> list[tuple[str, ...]]:
    # ways[i]: the readings of letters[:i], as sorted multisets so that their number stays small.
    ways: list[set[tuple[str, ...]]] = [set() for _ in range(len(letters) + 1)]
    ways[0].add(())
    for end in range(1, len(letters) + 1):
        for name in coordinates:
            start = end - len(name)
            if name and start >= 0 and ways[start] and letters[start:end] == name:
                ways[end].update(tuple(sorted((*way, name))) for way in ways[start])
                # Two readings already tell that the word is ambiguous.
                ways[end] = set(sorted(ways[end])[:4])
    return sorted(ways[-1])
