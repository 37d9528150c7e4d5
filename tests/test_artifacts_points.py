"""Points: read by column name, faults with their line, fields appended."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from pdelang.artifacts.points import (
    FieldsWriter,
    PointsError,
    open_points,
    parse_point,
    read_points,
)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(text, "utf-8")
    return path


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    table = read_points(
        write(tmp_path, "\ufefft, id ,x\r\n1,a,0.5\r\n\r\n2,b,0.25\r\n"), ("x", "t")
    )
    np.testing.assert_array_equal(table.points, [[0.5, 1.0], [0.25, 2.0]])
    assert table.rows[1] == ("2", "b", "0.25")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("x,y\n1,2\n", "has no column 't'"),
        ("x,t,x\n1,2,3\n", "has two columns 'x'"),
        ("x,t\n1,2\n1\n", "line 3 has 1 cells"),
        ("x,t\n1,2\n\n1,late\n", "line 4, column 't': 'late' is not a number"),
        ("x;t\n1;2\n", "not separated by commas"),
        ("x,t\n1,\n", "line 2, column 't': '' is not a number"),
    ],
)
def test_faults_are_placed(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(PointsError, match=fault):
        read_points(write(tmp_path, text), ("x", "t"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PointsError, match="there is no file"):
        read_points(tmp_path / "none.csv", ("x",))


def test_one_point_from_the_command_line() -> None:
    np.testing.assert_array_equal(parse_point(" t = 1, x=-5e-1", ("x", "t")).points, [[-0.5, 1.0]])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x=1", "no value for 't'"),
        ("x=1,t=2,z=3", "no coordinate 'z'"),
        ("x=1,x=2,t=1", "'x' is given twice"),
        ("x=1,t=now", "'t': 'now' is not a number"),
        ("0.5,1", "'0.5' is not of the form name=number"),
        ("", "not of the form"),
    ],
)
def test_a_wrong_point_is_explained(text: str, fault: str) -> None:
    with pytest.raises(PointsError, match=fault):
        parse_point(text, ("x", "t"))


def test_fields_are_appended_with_every_digit(tmp_path: Path) -> None:
    table = read_points(write(tmp_path, "u,x\n9,0.10\n9,2\n"), ("x",))
    stream = io.StringIO()
    writer = FieldsWriter(stream, table.head, ("u",))
    writer.write(table, {"u": np.array([1 / 3, np.nan])})
    rows = list(csv.reader(io.StringIO(stream.getvalue())))
    assert rows == [["x", "u"], ["0.10", repr(1 / 3)], ["2", "nan"]]
    assert writer.left_out == ("u",), "a second column of this name would make the head ambiguous"


def test_blocks_are_the_table_whatever_their_length(tmp_path: Path) -> None:
    lines = [f'{k},"a\nb",{k / 8}' for k in range(10)]
    path = write(tmp_path, "id,text,x\n" + "\n\n".join(lines) + "\n")
    whole = read_points(path, ("x",))
    assert len(whole.rows) == 10
    for rows in (1, 3, 7):
        with open_points(path, ("x",), rows) as (head, blocks):
            tables = list(blocks)
        assert head == ("id", "text", "x")
        assert max(len(table.rows) for table in tables) <= rows
        assert tuple(row for table in tables for row in table.rows) == whole.rows
        np.testing.assert_array_equal(np.concatenate([t.points for t in tables]), whole.points)


def test_a_fault_in_a_later_block_has_its_own_line(tmp_path: Path) -> None:
    path = write(tmp_path, "x\n1\n\n2\n3\nfour\n")
    with (
        pytest.raises(PointsError, match="line 6, column 'x': 'four' is not a number"),
        open_points(path, ("x",), 2) as (_, blocks),
    ):
        list(blocks)
