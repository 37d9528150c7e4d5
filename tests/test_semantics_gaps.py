"""Specs of which some statements cannot be read: the others are judged, and no fault is told twice."""

from __future__ import annotations

import pytest

from pdelang import pipeline
from tests.semantic_specs import find_codes

HEAD = "pde 1\ndomain line(x) = interval(0, 1)\nunknown u\n"


def check_codes(text: str) -> list[str]:
    return [d.code for d in pipeline.check(text).diagnostics]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        # what the broken statement declares is not reported where it is used
        ("param k = 2 3\nin line: k*dxx(u) = 1\non edge: u = 0", ["E005"]),
        ("let f(s) = 2 s\nin line: dxx(u) = f(x)\non edge: u = 0", ["E005"]),
        ("boundary a = left where x 2\nin line: dxx(u) = 1\non a: u = 0", ["E005"]),
        ("unknown v, (\nin line: dxx(u) = v\non edge: u = 0\nexact v = x", ["E002"]),
        # nothing is counted, and nothing is unused
        ("param k = 2\nin line: dxx(u) = 2 k", ["E005"]),
        ("param k = 2\nin line: dxx(u) = k\non left: u = 2 x\nallow W204: \"why\"", ["E005"]),
        # other faults are found in the same run
        ("param k = 2 3\nin line: dxx(u) = q\non edge: u = 0", ["E005", "E101"]),
        ("in line: dxx(u) = 2 3\non top: u = 0", ["E005", "E101"]),
        ("in line: dxx(u) = 2 3\nsolver { tolerence = 1 }", ["E005", "E106"]),
        ("reprot q = mean(u)\nin line: dxx(u) = (1, 2)\non edge: u = 0", ["E014", "E110"]),
        # what may have declared anything silences everything
        ("time t in [0, 1]\nin line: dt(u) = q\non edge: u = 0", ["E006"]),
        ("use materials\nin line: dxx(u) = q\non edge: u = 0", ["E001"]),
        ("wibble k = 2\nin line: dxx(u) = k\non edge: u = 0", ["E014"]),
    ],
)  # fmt: skip
def test_one_message_per_cause_beside_broken_statements(body: str, codes: list[str]) -> None:
    assert sorted(check_codes(HEAD + body)) == codes


def test_a_broken_domain_silences_everything_that_needs_coordinates() -> None:
    text = "pde 1\ndomain line(x) = interval(0 1)\nunknown u\nin line: dxx(u) = q\non left: u = 0\n"
    assert check_codes(text) == ["E005"]


def test_a_spec_with_broken_statements_has_no_problem() -> None:
    result = pipeline.check(HEAD + "param k = 2 3\nin line: dxx(u) = 1\non edge: u = 0\n")
    assert result.problem is None
    assert result.coverage is None


def test_a_pulse_that_has_nearly_died_out_at_the_edge_is_no_jump() -> None:
    pulse = (
        "pde 1\ndomain line(x) = interval(-5, 5)\ntime t in 0 .. 1\nunknown u\n"
        "in line: dt(u) = dxx(u)\non left, right: u = 0\nat t = 0: u = exp(-x^2/{width})\n"
    )
    narrow = pulse.format(width="2")  # 4e-6 of its height is left at the edge
    assert find_codes(narrow) == []
    assert find_codes(narrow + "solver { tolerance = 1e-8 }") == ["W211"]
    assert find_codes(pulse.format(width="5")) == ["W211"]
