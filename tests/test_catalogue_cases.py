"""Every code of the catalogue has two specs that cause it and one that comes near and does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pdelang import pipeline
from pdelang.diagnostics.catalogue import CATALOGUE

CASES = Path(__file__).parent / "cases"
# What `check` remarks about a sound problem, beside the diagnostics.
REMARKS = {path.stem: path for path in sorted((CASES / "remarks").glob("*.pde"))}
EXPECTED_TYPES = {
    "I231_wave_and_constraint": {"law": "a constraint", "motion": "hyperbolic"},
    "I231_heat_beside_poisson": {"drift": "parabolic", "potential": "elliptic"},
    "I231_ordinary_has_no_type": {},
}
# By the half widths 5e-4 and 5e3 of x and t, and 1 of x beside 1e6/2 of u, the parabola's maximum.
EXPECTED_SCALES = {
    "I270_long_times": ("`u`", "`t`"),
    "I270_large_load": ("`x`", "`u`"),
    "I270_not_a_factor_of_a_hundred": None,
}


def count_codes(folder: str) -> Counter[str]:
    return Counter(path.stem.split("_")[0] for path in (CASES / folder).glob("*.pde"))


def test_every_code_has_two_bad_specs_and_a_near_miss() -> None:
    bad, good = count_codes("bad"), count_codes("good")
    faults = [code for code in CATALOGUE if not code.startswith("I")]
    assert [code for code in faults if bad[code] < 2] == []
    assert [code for code in faults if good[code] < 1] == []
    assert bad.keys() <= CATALOGUE.keys()


def test_every_remark_has_two_specs_and_a_near_miss() -> None:
    names = {code for code in CATALOGUE if code.startswith("I")}
    assert {stem.split("_")[0] for stem in REMARKS} == names
    assert EXPECTED_TYPES.keys() | EXPECTED_SCALES.keys() == REMARKS.keys()
    for expected in (EXPECTED_TYPES, EXPECTED_SCALES):
        assert sum(map(bool, expected.values())) >= 2
        assert not all(expected.values())


@pytest.mark.parametrize("stem", sorted(REMARKS))
def test_a_spec_causes_its_remark_or_none(stem: str) -> None:
    compilation = pipeline.check(REMARKS[stem])
    assert compilation.diagnostics == ()
    remarks = pipeline.list_remarks(compilation)
    if stem in EXPECTED_TYPES:
        found = [d.message for d in remarks if d.code == "I231"]
        assert found == [f"`{k}` is {kind}" for k, kind in EXPECTED_TYPES[stem].items()]
        return
    found = [d.message for d in remarks if d.code == "I270"]
    scales = EXPECTED_SCALES[stem]
    assert len(found) == (scales is not None)
    if scales is not None:
        assert all(name in found[0] for name in scales)
