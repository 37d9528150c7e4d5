"""Names of loss terms: what the user wrote after ``as``, else a name from the content.

A default never depends on where a statement stands in the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pdelang.semantics.expression import Derivative, Expression, UnknownReference
from pdelang.semantics.traversal import post_order


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A statement that needs a label: ``base``, else ``base: detail``, else numbered by ``text``."""

    base: str
    detail: str
    text: str


def choose_labels(statements: Sequence[Unlabelled], taken: Iterable[str]) -> tuple[str, ...]:
    """Return one unique label per statement; none of them is in ``taken``."""
    used = set(taken)
    labels: dict[int, str] = {}

    def settle(names: dict[int, str]) -> None:
        counts = Counter(names.values())
        for index, name in names.items():
            if counts[name] == 1 and name not in used:
                labels[index] = name

    settle({i: s.base for i, s in enumerate(statements)})
    used.update(labels.values())
    settle(
        {
            i: f"{s.base}: {s.detail}"
            for i, s in enumerate(statements)
            if i not in labels and s.detail
        }
    )
    used.update(labels.values())
    remaining = sorted(
        (i for i in range(len(statements)) if i not in labels),
        key=lambda i: (statements[i].base, statements[i].text),
    )
    counters: Counter[str] = Counter()
    for index in remaining:
        base = statements[index].base
        while True:
            counters[base] += 1
            label = f"{base} {counters[base]}"
            if label not in used:
                break
        labels[index] = label
        used.add(label)
    return tuple(labels[i] for i in range(len(statements)))


def name_unknowns(*sides: Expression) -> str:
    """Return the unknowns that stand in an equation, for a label: ``u, v``."""
    return ", ".join(
        sorted({node.name for node in post_order(*sides) if isinstance(node, UnknownReference)})
    )


def count_time_derivatives(time: str, *sides: Expression) -> int:
    """Return the highest number of time derivatives written in one derivative."""
    return max(
        (n.coordinates.count(time) for n in post_order(*sides) if isinstance(n, Derivative)),
        default=0,
    )
