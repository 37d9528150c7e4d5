"""The history survives the way through its CSV file, and damage is placed."""

import pytest

from pdelang.artifacts.history import read_history, write_history
from pdelang.training.solution import History

HISTORY = History(("step", "loss", "loss.r"), ((0.0, 0.1, 1 / 3), (100.0, 1e-300, float("inf"))))


def test_what_is_written_is_read_back_to_the_last_digit() -> None:
    assert read_history(write_history(HISTORY)) == HISTORY


def test_whole_numbers_are_written_as_such() -> None:
    assert write_history(HISTORY).splitlines()[0:2] == ["step,loss,loss.r", f"0,0.1,{1 / 3!r}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("step,loss\n1,2\n3\n", "line 3 has 1 cells, the head has 2"),
        ("step,loss\n1,much\n", "line 2 holds something that is no number"),
    ],
)
def test_damage_is_placed(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_history(text)
