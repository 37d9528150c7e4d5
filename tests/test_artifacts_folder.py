"""Artifacts are written whole or not at all, and never in place of anything else."""

from pathlib import Path

import pytest

from pdelang.artifacts.failure import TargetError
from pdelang.artifacts.folder import check_target, replace_folder
from tests.artifact_samples import make_manifest_text


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def make_files(word: bytes) -> dict[str, bytes]:
    manifest = make_manifest_text(files={"a.txt": "0", "plots/b.txt": "0"})
    return {"manifest.yaml": manifest.encode(), "a.txt": word, "plots/b.txt": word}


def test_a_new_folder_is_written_with_its_subfolders(tmp_path: Path) -> None:
    replace_folder(tmp_path / "deep" / "new.solution", make_files(b"one"))
    assert read_files(tmp_path / "deep" / "new.solution") == make_files(b"one")
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["new.solution"]


def test_an_older_artifact_is_replaced_and_foreign_files_in_it_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "x.solution"
    replace_folder(target, {**make_files(b"one"), "plots/b.txt": b"one"})
    (target / "notes.md").write_text("mine")
    replace_folder(target, {"manifest.yaml": make_manifest_text().encode(), "a.txt": b"two"})
    files = read_files(target)
    assert files["a.txt"] == b"two"
    assert files["notes.md"] == b"mine"
    assert "plots/b.txt" not in files, "a file of the older artifact stayed behind"


def test_a_failure_while_writing_leaves_the_older_artifact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.solution"
    replace_folder(target, make_files(b"one"))
    write_bytes = Path.write_bytes

    def fail_on_the_second(self: Path, content: bytes) -> int:
        if self.name == "b.txt":
            raise OSError(28, "No space left on device")
        return write_bytes(self, content)

    monkeypatch.setattr(Path, "write_bytes", fail_on_the_second)
    with pytest.raises(TargetError, match="No space left"):
        replace_folder(target, make_files(b"two"))
    monkeypatch.undo()
    assert read_files(target) == make_files(b"one")
    assert [p.name for p in tmp_path.iterdir()] == ["x.solution"]


def test_a_failure_while_renaming_brings_the_older_artifact_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.solution"
    replace_folder(target, make_files(b"one"))
    rename = Path.rename

    def fail_for_the_new(self: Path, other: Path) -> Path:
        if self.suffix == ".new":
            raise OSError(5, "Input/output error")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", fail_for_the_new)
    with pytest.raises(TargetError, match="Input/output"):
        replace_folder(target, make_files(b"two"))
    monkeypatch.undo()
    assert read_files(target) == make_files(b"one")
    assert [p.name for p in tmp_path.iterdir()] == ["x.solution"]


def test_a_foreign_folder_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("years of work")
    with pytest.raises(TargetError, match="not an artifact"):
        replace_folder(tmp_path / "thesis", make_files(b"one"))
    assert read_files(tmp_path / "thesis") == {"chapter.tex": b"years of work"}


def test_a_folder_with_somebody_elses_manifest_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("format: other\n")
    with pytest.raises(TargetError, match="not an artifact"):
        check_target(tmp_path)


def test_an_empty_folder_may_be_taken_and_a_file_may_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / "empty")
    (tmp_path / "file").write_text("")
    with pytest.raises(TargetError, match="a file with this name"):
        check_target(tmp_path / "file")
    with pytest.raises(TargetError, match="not a folder"):
        check_target(tmp_path / "file" / "below")
