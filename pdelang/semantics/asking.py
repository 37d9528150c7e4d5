"""Requests of the resolution walk: what a step asks for, and what it answers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from pdelang.semantics.domain import Region
from pdelang.semantics.expression import Expression
from pdelang.semantics.places import Place
from pdelang.syntax import tree

Environment = Mapping[str, Expression | None]
"""The actual arguments of the definition being expanded, by formal name; None: faulty."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for the typed form of an operand."""

    node: tree.Expression
    place: Place
    environment: Environment


@dataclass(frozen=True, slots=True)
class Found:
    """A region that a name stands for; None for the whole domain."""

    region: Region | None


Step = Generator[Ask, Expression | None, Expression | None]
"""Asks for operands with ``yield``, and returns the typed node; None after a reported fault."""
