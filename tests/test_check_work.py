"""The work of `check` grows like the number of statements: Python's calls are counted, not seconds."""

from __future__ import annotations

import sys
from types import FrameType

from benchmarks.check_time import write_long_spec
from pdelang import pipeline
from pdelang.diagnostics.span import Source
from pdelang.syntax.parser import parse

FEW, MANY = 3, 12


def count_calls(fields: int) -> int:
    """Return how many Python functions a check calls."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    text = write_long_spec(fields)
    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        compilation = pipeline.check(text)
    finally:
        sys.setprofile(previous)
    assert compilation.diagnostics == ()
    return calls


def test_the_long_spec_has_a_thousand_statements() -> None:
    tree, faults = parse(Source("<long>", write_long_spec()))
    assert faults == ()
    assert len(tree.statements) >= 1000


def test_four_times_the_statements_are_at_most_five_times_the_work() -> None:
    pipeline.check(write_long_spec(2))  # what is computed once in a process
    assert count_calls(MANY) <= 5 * count_calls(FEW)
