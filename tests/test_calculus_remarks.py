"""Remarks of `check`: types (I231) and scales (I270)."""

from __future__ import annotations

import pytest
from stages import derive_text

from pdelang.calculus.remarks import list_remarks

HEAT = (
    "domain rod(x) = interval(0, {length})\ntime t in 0 .. {time}\nunknown u\n"
    "in rod as heat: dt(u) = {diffusivity}*dxx(u)\non left, right: u = 0\nat t = 0: u = sin(pi*x/{length})\n"
)


@pytest.mark.parametrize(
    ("equation", "kind"),
    [
        ("dt(u) = dxx(u)", "parabolic"),
        ("dt(u) + dx(u) = 0", "hyperbolic"),
    ],
)
def test_every_label_has_its_type(equation: str, kind: str) -> None:
    text = HEAT.format(length=1, time=1, diffusivity=1).replace("dt(u) = 1*dxx(u)", equation)
    if "dx(u)" in equation:
        text = text.replace("on left, right", "on left")
    found = [d for d in list_remarks(derive_text(text)) if d.code == "I231"]
    assert [(d.label, d.message.split("`")[1]) for d in found] == [(kind, "heat")]
    assert found[0].span is not None
    assert found[0].span.text.startswith("in rod as heat")


def test_scales_far_apart_are_told_with_the_form_that_is_solved() -> None:
    near = derive_text(HEAT.format(length=1, time=10, diffusivity="0.1"))
    assert [d.code for d in list_remarks(near)] == ["I231"]
    far = derive_text(HEAT.format(length="1e-3", time="1e4", diffusivity="1e-10"))
    remark = list_remarks(far)[-1]
    assert remark.code == "I270"
    # Half widths 5e-4 and 5e3.
    assert "factor of 1e+07" in remark.message
    assert "x = 0.0005 + 0.0005 x'" in remark.notes[0]
    assert "t = 5000 + 5000 t'" in remark.notes[0]
