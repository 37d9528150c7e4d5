"""Options of the command line that are settings of the ``solver`` block."""

from __future__ import annotations

from pdelang.cli.failure import ArgumentError


def collect_overrides(
    assignments: list[str] | None,
    tol: str | None = None,
    method: str | None = None,
    seed: str | None = None,
    time_limit: str | None = None,
    precision: str | None = None,
) -> dict[str, str]:
    """Return settings text by key, from ``--set key=value`` and the options that have a key.

    Raises:
        ArgumentError: not of the form ``key=value``, or one key given twice.
    """
    options = {
        "tolerance": ("--tol", tol),
        "method": ("--method", method),
        "seed": ("--seed", seed),
        "precision": ("--precision", precision),
        "time_limit": ("--time-limit", time_limit),
    }
    given: dict[str, tuple[str, str]] = {}

    def add(key: str, value: str, option: str) -> None:
        if key in given:
            before = given[key][0]
            where = f"by {before} and by {option}" if before != option else f"twice by {option}"
            raise ArgumentError(f"'{key}' is given {where}", "leave one of them out")
        given[key] = (option, value)

    for key, (option, value) in options.items():
        if value is not None:
            add(key, value, option)
    for assignment in assignments or ():
        key, equals, value = (part.strip() for part in assignment.partition("="))
        if not (key and equals and value):
            raise ArgumentError(
                f"'--set {assignment}' is not of the form key=value",
                "write for example --set steps=2000",
            )
        add(key, value, "--set")
    return {key: value for key, (_, value) in given.items()}
