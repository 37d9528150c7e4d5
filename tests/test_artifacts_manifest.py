"""The manifest: what is written is read back, and what is damaged is named."""

import math

import pytest
import yaml

from pdelang.artifacts.manifest import read_manifest, write_manifest
from tests.artifact_samples import MANIFEST


def test_what_is_written_is_read_back() -> None:
    read = read_manifest(write_manifest(MANIFEST))
    assert math.isnan(read.error["u"])
    before, after = MANIFEST.to_record(), read.to_record()
    before.pop("error")
    after.pop("error")
    assert before == after


def test_the_contract_keys_are_plain_yaml() -> None:
    record = yaml.safe_load(write_manifest(MANIFEST))
    assert record["format"] == "pdelang-artifact"
    assert record["status"] == "solved"
    assert record["seconds"] == 3.5
    assert record["error_estimate"] == {"u": 1.25e-5}
    assert record["reports"] == {"drag": -1.5}
    assert record["title"] == "Größe"


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("seed: 7", "seed: seven", "'seed' should be a whole number"),
        ("seconds: 3.5", "seconds: [1]", "'seconds' should be a number"),
        ("status: solved", "state: solved", "'status' is missing"),
        ("format_version: 1", "format_version: 99", "format_version is 99"),
        ("format: pdelang-artifact", "format: other", "not the manifest"),
        ("seed: 7", "seed: [", "not YAML"),
        ("seed: 7", "seed: !!python/object/apply:os.getcwd []", "not YAML"),
        (
            "coordinates:\n- x\n- t",
            "coordinates:\n  x: t",
            "'coordinates' should be a list of texts",
        ),
    ],
)
def test_damage_is_named(before: str, after: str, fault: str) -> None:
    text = write_manifest(MANIFEST)
    assert before in text
    with pytest.raises(ValueError, match=fault):
        read_manifest(text.replace(before, after))


@pytest.mark.parametrize("text", ["", "\x00", "- a\n- b\n", "{", "a: &a [*a]"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not the manifest|not YAML"):
        read_manifest(text)
