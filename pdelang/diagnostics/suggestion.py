"""Did you mean …: the nearest of the names that would have been right."""

from __future__ import annotations

from collections.abc import Iterable


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate nearest to ``name``, or None where none is near enough to be meant.

    Near is a Damerau–Levenshtein distance (restricted: insertions, deletions, substitutions,
    swaps of neighbours) of at most a third of the longer name, one letter at least; names of
    one or two letters resemble only their other case and the same with one letter more. Ties
    go to the name that begins alike (``sin`` before ``side`` for ``sine``), then in order.
    """
    best: tuple[float, bool, str] | None = None
    folded = name.casefold()
    for candidate in candidates:
        if candidate == name:
            continue
        longest = max(len(name), len(candidate))
        begins_alike = candidate.startswith(name) or name.startswith(candidate)
        allowed = longest // 3 if longest > 2 else int(begins_alike)
        if abs(len(name) - len(candidate)) > allowed:
            continue
        distance = float(_distance(folded, candidate.casefold(), allowed))
        if distance > allowed:
            continue
        if distance == 0:
            distance = 0.5  # only the case differs
        if best is None or (distance, not begins_alike, candidate) < best:
            best = (distance, not begins_alike, candidate)
    return best[2] if best else None


def _distance(a: str, b: str, limit: int) -> int:
    """Return the edit distance of ``a`` and ``b``, or any number over ``limit`` if it is over."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, above = above, row
    return above[-1]
