"""Small artifacts for tests."""

from collections.abc import Mapping
from dataclasses import replace

from pdelang.artifacts.manifest import Manifest, write_manifest

MANIFEST = Manifest(
    title="Größe",
    status="solved",
    method="adam(rate = 0.001)",
    weights="ntk",
    precision="f64",
    seed=7,
    device="cpu",
    tolerance=1e-4,
    seconds=3.5,
    seconds_by_stage={"compile": 1.0, "solve": 2.5},
    error_estimate={"u": 1.25e-5},
    error={"u": float("nan")},
    reports={"drag": -1.5},
    ntk={"r": {"trace": 2.0, "weight": 0.5}},
    messages=("the loss stopped falling",),
    warnings=(),
    settings={"tolerance": "0.0001", "network": "mlp(width = 8)"},
    cite=("a paper",),
    versions={"python": "3.11"},
    coordinates=("x", "t"),
    fields=("u",),
    files={"spec.pde": "00"},
)


def make_manifest_text(files: Mapping[str, str] | None = None) -> str:
    return write_manifest(replace(MANIFEST, files=dict(files or {})))
