"""Where compiled programs are kept, and that no folder or full disk stands in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import jax
import pytest

from pdelang.cli import compilation_cache as cache
from pdelang.cli.cache_folder import VARIABLE


def test_the_folder_is_the_users_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    named = cache.find_cache_folder()
    assert named is not None
    assert named.is_relative_to(tmp_path)
    monkeypatch.setenv(VARIABLE, " ")
    assert cache.find_cache_folder() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    usual = cache.find_cache_folder()
    assert usual is not None
    assert "pdelang" in usual.parts
    assert usual.name == named.name, "one processor has one name"


def test_an_unusable_folder_is_no_cache_and_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert not cache.prepare_folder(blocked / "below")
    full = SimpleNamespace(total=1, used=1, free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    assert not cache.prepare_folder(tmp_path / "full")


def test_only_a_usable_folder_reaches_jax(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: dict[str, object] = {}
    monkeypatch.setattr(jax.config, "update", told.__setitem__)
    monkeypatch.setenv(VARIABLE, "")
    assert cache.open_compilation_cache() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "elsewhere")
    assert cache.open_compilation_cache() is None
    assert told == {}
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    folder = cache.open_compilation_cache()
    assert folder is not None
    assert folder.is_dir()
    assert told["jax_compilation_cache_dir"] == str(folder)


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "older", "oldest")):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    cache.drop_oldest(tmp_path, 300)
    assert len(list(tmp_path.iterdir())) == 3
    cache.drop_oldest(tmp_path, 299)
    assert [entry.name for entry in tmp_path.iterdir()] == ["new"]
