"""What a solve keeps, so that it can be ended at any moment and go on later.

A solve is a deterministic sequence of stages; a journal holds the results of those that are over and
the latest state of the one in progress, each under a name that says where in the sequence it
stands. A later solve of the same program walks the same sequence: a stage that the journal knows
is read instead of computed, the one in progress is taken up where it was, and what is not there is
computed anew, to the same numbers. So a method that keeps nothing is still right, only repeated.

The clock of a solve, `read_clock`, is part of it: whenever something is recalled, the clock jumps to the
moment at which it was kept. Time limits thus count what earlier processes have spent, and what
was decided by the clock is decided alike.

The journal in force belongs to the thread and the context, so that methods at any depth reach it
without every function between them handing it on.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

# A tree of dicts with text keys, lists, arrays, numbers, texts and None.
State = Mapping[str, Any]

T = TypeVar("T")

WRITE_EVERY = 20.0  # seconds
_MOST_OF_THE_TIME = 0.01  # that writing may take


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One result or state: ``seconds`` of the solve's clock when it was kept.

    ``state`` may be a function of no arguments, called when the entry is written; it must not
    depend on anything that changes later.
    """

    seconds: float
    state: State | Callable[[], State]

    def read(self) -> State:
        return self.state() if callable(self.state) else self.state


class Journal:
    """The entries of one solve by name, and its clock.

    ``started`` is the reading of ``time.monotonic()`` at which the solve began; ``stored`` are the
    entries of an earlier process; ``write`` is given all entries every `WRITE_EVERY` seconds.
    """

    def __init__(
        self,
        started: float,
        stored: Mapping[str, Entry] | None = None,
        write: Callable[[Mapping[str, Entry]], None] | None = None,
    ) -> None:
        self._started = started
        self._stored = dict(stored or {})
        self._write = write
        self._offset = 0.0
        self._sections: list[str] = []
        self._counts: Counter[str] = Counter()
        self._due = time.monotonic() + WRITE_EVERY
        # What an earlier process knew stays known until this one has got further.
        self.entries: dict[str, Entry] = dict(self._stored)

    @property
    def seconds(self) -> float:
        """Return what the solve has taken so far, in all its processes."""
        return self.now() - self._started

    def now(self) -> float:
        """Return the reading of the solve's clock, comparable with ``started``."""
        return time.monotonic() + self._offset

    def number(self, name: str) -> str:
        """Return a name that no other part of the solve has: by section, and by order in it."""
        whole = "/".join([*self._sections, name])
        self._counts[whole] += 1
        return f"{whole}.{self._counts[whole]}"

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Keep what the body keeps under a name of its own."""
        with self.inside(self.number(name)):
            yield

    @contextmanager
    def inside(self, numbered: str) -> Iterator[None]:
        """Keep what the body keeps below a name that was numbered in the section in force."""
        self._sections.append(numbered.rpartition("/")[2])
        try:
            yield
        finally:
            self._sections.pop()

    def recall(self, name: str) -> State | None:
        """Return what an earlier process kept under a numbered name, and set the clock to it."""
        entry = self._stored.get(name)
        if entry is None:
            return None
        self._offset += max(0.0, entry.seconds - self.seconds)
        return entry.read()

    def keep(self, name: str, state: State | Callable[[], State]) -> None:
        """Keep a state under a numbered name, in place of an earlier one."""
        self.entries[name] = Entry(self.seconds, state)
        if self._write is not None and time.monotonic() >= self._due:
            self.write()

    def forget(self, name: str) -> None:
        """Drop a state that a later result contains."""
        self.entries.pop(name, None)

    def write(self) -> None:
        """Write all entries now."""
        if self._write is None:
            return
        began = time.monotonic()
        self._write(self.entries)
        ended = time.monotonic()
        self._due = ended + max(WRITE_EVERY, (ended - began) / _MOST_OF_THE_TIME)


_CURRENT: ContextVar[Journal | None] = ContextVar("journal", default=None)


@contextmanager
def keep_in(journal: Journal | None) -> Iterator[None]:
    """Let the solve in the body keep what it finds in ``journal``; None keeps nothing."""
    token = _CURRENT.set(journal)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def read_clock() -> float:
    """Return the reading of the solve's clock: ``time.monotonic()`` and earlier processes' time."""
    journal = _CURRENT.get()
    return time.monotonic() if journal is None else journal.now()


@contextmanager
def open_section(name: str) -> Iterator[None]:
    """Keep what the body keeps under a name of its own."""
    journal = _CURRENT.get()
    if journal is None:
        yield
    else:
        with journal.section(name):
            yield


class Place:
    """A place of the journal in force for one state that is renewed; without a journal, nowhere."""

    def __init__(self, name: str) -> None:
        self._journal = _CURRENT.get()
        self.name = "" if self._journal is None else self._journal.number(name)

    def recall(self) -> State | None:
        """Return the state of an earlier process, None where there is none."""
        return None if self._journal is None else self._journal.recall(self.name)

    def keep(self, state: Callable[[], State]) -> None:
        """Keep a state; ``state()`` must not depend on anything that changes later."""
        if self._journal is not None:
            self._journal.keep(self.name, state)

    @contextmanager
    def open_section(self) -> Iterator[None]:
        """Keep what the body keeps below this place, whether or not bodies before it ran."""
        if self._journal is None:
            yield
        else:
            with self._journal.inside(self.name):
                yield

    def forget(self) -> None:
        """Drop the state."""
        if self._journal is not None:
            self._journal.forget(self.name)


def remember(
    name: str,
    mark: list[Any],
    compute: Callable[[], T],
    write: Callable[[T], State],
    read: Callable[[State], T],
    is_final: Callable[[T], bool] = lambda _: True,
) -> T:
    """Return a result from the journal in force, else compute and keep it.

    ``mark``, numbers and texts, says of what it is the result: one of anything else is not read.
    A result that is not final, as one that the clock cut short, is not kept.
    """
    place = Place(name)
    known = place.recall()
    if known is not None and known["mark"] == mark:
        return read(known["result"])
    with place.open_section():
        result = compute()
    if is_final(result):
        place.keep(lambda: {"mark": mark, "result": write(result)})
    return result
