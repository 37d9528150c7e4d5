"""Where an expression stands, and what it may therefore speak of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.constants import clip
from pdelang.semantics.expression import (
    Aggregate,
    Apply,
    Coordinate,
    DataColumn,
    Elsewhere,
    Expression,
    FitReference,
    Jump,
    Normal,
    RangeIntegral,
    Sided,
    UnknownReference,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.functions import FUNCTIONS
from pdelang.semantics.traversal import post_order


class Trait(Enum):
    """What an expression may depend on beyond constants."""

    SPACE = "a coordinate"
    TIME = "the time"
    FAMILY = "a varied parameter"
    UNKNOWN = "an unknown"
    NORMAL = "the boundary normal"
    AGGREGATE = "a global quantity"
    SIDE = "a side of an interface"
    NONLOCAL = "a value elsewhere"
    FIT = "a `fit`"
    COLUMN = "a column of a data set"


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place in a spec. ``words`` names it in messages; ``advice`` is a way out.

    ``is_real``: what stands there has no imaginary part.
    """

    words: str
    traits: frozenset[Trait]
    advice: str | None = None
    is_real: bool = False


def _place(words: str, *traits: Trait, advice: str | None = None, is_real: bool = False) -> Place:
    return Place(words, frozenset(traits), advice, is_real)


_FIELD = (Trait.SPACE, Trait.TIME, Trait.FAMILY, Trait.UNKNOWN, Trait.FIT)
_AFAR = (Trait.NONLOCAL, Trait.AGGREGATE)

ANYWHERE = _place("a `let`", *Trait)
PARAM = _place(
    "a `param`", Trait.FAMILY, advice="a `param` is a constant; write `let` for what varies"
)
CONSTANT = _place("a constant", advice="only numbers and parameters may stand here", is_real=True)
FAMILY_CONSTANT = _place(
    "the true value of a `fit`",
    Trait.FAMILY,
    advice="only numbers and parameters may stand here",
    is_real=True,
)
WHERE = _place(
    "a `where`",
    Trait.SPACE,
    advice="`where` selects by the space coordinates alone",
    is_real=True,
)
EQUATION = _place("an `in` equation", *_FIELD, *_AFAR)
BOUNDARY = _place("an `on` condition", *_FIELD, *_AFAR, Trait.NORMAL)
INTERFACE = _place("a condition on an interface", *_FIELD, *_AFAR, Trait.NORMAL, Trait.SIDE)
START = _place("an initial condition", *_FIELD, *_AFAR)
POINT = _place("a point condition", *_FIELD, *_AFAR)
PLACE = _place(
    "the place of a value or the end of an integral",
    Trait.SPACE,
    Trait.TIME,
    advice="write it as a formula of the coordinates",
    is_real=True,
)
DATA = _place("a condition on data", *_FIELD, *_AFAR, Trait.COLUMN)
KNOWN = _place(
    "an `exact` or a `guess`",
    Trait.SPACE,
    Trait.TIME,
    Trait.FAMILY,
    Trait.NONLOCAL,
    advice="write it as a formula of the coordinates",
)
_QUANTITY = (*_AFAR, Trait.FAMILY, Trait.FIT)
_ADVICE_QUANTITY = "wrap it: `mean(…)`, `integral(…)` or `value(…, point)`"
REPORT = _place("a `report`", *_QUANTITY, advice=_ADVICE_QUANTITY)
# Holds at every time, and may ask for another value at each.
REQUIREMENT = _place("a `require`", *_QUANTITY, Trait.TIME, advice=_ADVICE_QUANTITY)
NUMBERS = (REPORT, REQUIREMENT)
"""Where a value must not vary from point to point."""
INTEGRAND = _place("an integrand over the domain", *_FIELD, *_AFAR)
BOUNDARY_INTEGRAND = _place("an integrand over the boundary", *_FIELD, *_AFAR, Trait.NORMAL)
INTERFACE_INTEGRAND = _place(
    "an integrand over an interface", *_FIELD, *_AFAR, Trait.NORMAL, Trait.SIDE
)


def find_traits(
    expression: Expression,
    time: str | None,
    varied: Collection[str] = (),
    is_number: Callable[[Expression], bool] | None = None,
) -> dict[Trait, Span]:
    """Return what the expression depends on, each with one place where it does.

    ``time`` and ``varied`` are names: all other coordinates are those of space.

    What stands inside an aggregate is not counted: it is taken elsewhere. So is what stands inside a node
    that ``is_number``.
    """
    found: dict[Trait, Span] = {}
    for node in post_order(
        expression, into_aggregates=False, into_parameters=True, is_leaf=is_number
    ):
        match node:
            case Coordinate(name=name) if name in varied:
                found.setdefault(Trait.FAMILY, node.span)
            case Coordinate(name=name):
                found.setdefault(Trait.TIME if name == time else Trait.SPACE, node.span)
            case UnknownReference():
                found.setdefault(Trait.UNKNOWN, node.span)
            case Normal():
                found.setdefault(Trait.NORMAL, node.span)
            case Apply(function=function) if (
                function in FUNCTIONS and FUNCTIONS[function].needs_boundary
            ):
                found.setdefault(Trait.NORMAL, node.span)
            case Sided() | Jump():
                found.setdefault(Trait.SIDE, node.span)
            case Aggregate():
                found.setdefault(Trait.AGGREGATE, node.span)
            case Elsewhere() | RangeIntegral():
                found.setdefault(Trait.NONLOCAL, node.span)
            case FitReference(coordinates=coordinates):
                found.setdefault(Trait.FIT, node.span)
                for name in coordinates:
                    found.setdefault(Trait.TIME if name == time else Trait.SPACE, node.span)
            case DataColumn():
                found.setdefault(Trait.COLUMN, node.span)
            case _:
                pass
    return found


def report_misplaced(
    trait: Trait,
    span: Span,
    place: Place,
    faults: Faults,
    related: Iterable[Related] = (),
) -> None:
    """Report (E107) what may not stand in a place."""
    text = clip(span.text)
    advice = place.advice
    match trait:
        case Trait.NORMAL:
            message = f"`{text}` needs a boundary, and {place.words} has none"
            label = "has no meaning here"
            advice = "use it in an `on` condition or in `integral(…, on = PART)`"
        case Trait.SIDE:
            message = f"`{text}` needs an interface, and {place.words} has none"
            label = "has no meaning here"
            advice = "use it in an `on` condition on a part declared with `interface(a, b)`"
        case Trait.NONLOCAL:
            message = f"`{text}` speaks of other places and cannot stand in {place.words}"
            label = "no constant"
        case Trait.AGGREGATE:
            message = f"`{text}` is a global quantity and cannot stand in {place.words}"
            label = "a number over the whole domain"
        case Trait.SPACE | Trait.TIME:
            message = f"`{text}` varies from point to point and cannot stand in {place.words}"
            label = "depends on a coordinate" if trait is Trait.SPACE else "depends on the time"
        case Trait.FAMILY:
            message = f"`{text}` varies within the family and cannot stand in {place.words}"
            label = "has no one value"
            advice = "shapes, ranges, points and settings are the same for the whole family"
        case Trait.UNKNOWN:
            message = f"`{text}` is solved for and cannot stand in {place.words}"
            label = "depends on an unknown"
        case Trait.FIT:
            message = f"`{text}` is fitted and cannot stand in {place.words}"
            label = "not known before the problem is solved"
        case Trait.COLUMN:
            message = f"`{text}` is known at the points of its data set only, and cannot stand in {place.words}"
            label = "a column of a data set"
            advice = "use it in a condition `at` that data set"
        case _:
            raise AssertionError(trait)
    faults.add("E107", message, span, label, related=related, help=advice)
