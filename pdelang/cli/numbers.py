"""Lists of numbers in the arguments: ``--grid 101,51``, ``--times 0,0.5``, ``--slice x=0.5``."""

from __future__ import annotations

import math

from pdelang.cli.failure import ArgumentError


def read_numbers(option: str, text: str) -> tuple[float, ...]:
    """Return the numbers of ``0,0.5,1``.

    Raises:
        ArgumentError: one of them is no finite number.
    """
    return tuple(read_number(option, item) for item in text.split(","))


def read_counts(option: str, text: str, most: int) -> tuple[int, ...]:
    """Return the counts of ``101,51``: one for all coordinates, or one for each.

    Raises:
        ArgumentError: one is no whole number from 2, or their number does not fit.
    """
    counts = read_numbers(option, text)
    for count in counts:
        if count < 2 or not count.is_integer():
            raise ArgumentError(f"{option} takes whole numbers from 2, not '{count:g}'")
    if len(counts) not in (1, most):
        raise ArgumentError(
            f"{option} takes one count or one for each of the {most} coordinates, not {len(counts)}"
        )
    return tuple(int(count) for count in counts)


def read_number(option: str, text: str) -> float:
    """Return a finite number.

    Raises:
        ArgumentError: it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentError(f"{option}: '{text.strip()}' is not a number")
    return number
