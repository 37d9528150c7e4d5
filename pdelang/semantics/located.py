"""Points and times named in a spec: they must lie in the domain and in the time interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.conditions import Reference
from pdelang.semantics.constants import Folder
from pdelang.semantics.domain import Domain, TimeInterval, Varied
from pdelang.semantics.expression import Aggregate, Expression
from pdelang.semantics.measured import DataSet
from pdelang.semantics.orders import count_noun
from pdelang.semantics.traversal import post_order

# Ends of intervals are compared relatively: `0.1 + 0.2` must count as `0.3`.
ROUNDING = 1e-12
# Tables are written with four digits or more: 6.2832 lies on the edge of 0 .. 2*pi.
_TABLE_ROUNDING = 1e-4


@dataclass(slots=True)
class Extent:
    """The domain and the time of a problem; None where they are faulty."""

    folder: Folder
    domain: Domain | None
    time: TimeInterval | None
    varied: tuple[Varied, ...] = ()

    def check_point(self, point: tuple[Expression, ...]) -> bool:
        """Report (E202) a point outside the domain."""
        values = [self.folder.fold(item) for item in point]
        if self.domain is None or any(value is None for value in values):
            return False
        array = np.array([[value for value in values if value is not None]])
        if self.domain.contains(array, ROUNDING)[0]:
            return True
        self.folder.faults.add(
            "E202",
            f"the point ({', '.join(f'{v:g}' for v in array[0])}) lies outside the domain",
            point[0].span.to(point[-1].span),
            "selects no point of the domain",
            related=[Related(self.domain.span, "the domain")],
        )
        return False

    def check_table(self, reference: Reference | DataSet, place: Span) -> bool:
        """Report (E260) a table of which points lie outside space and time."""
        if self.domain is None:
            return True
        points = np.array(reference.points)
        d = len(self.domain.coordinates)
        inside = self.domain.contains(points[:, :d], _TABLE_ROUNDING)
        if self.time is not None:
            low, high = self.time.bounds.low_value, self.time.bounds.high_value
            slack = _TABLE_ROUNDING * (high - low)
            inside &= (points[:, d] >= low - slack) & (points[:, d] <= high + slack)
        for column, varied in enumerate(self.varied, start=points.shape[1] - len(self.varied)):
            low, high = varied.bounds.low_value, varied.bounds.high_value
            slack = _TABLE_ROUNDING * (high - low)
            inside &= (points[:, column] >= low - slack) & (points[:, column] <= high + slack)
        outside = points[~inside]
        if not len(outside):
            return True
        times = (self.time.name,) if self.time else ()
        names = (*self.domain.coordinates, *times, *(v.name for v in self.varied))
        first = ", ".join(f"{name} = {v:g}" for name, v in zip(names, outside[0], strict=True))
        self.folder.faults.add(
            "E260",
            f"{count_noun(len(outside), 'point')} of the table `{reference.path}` "
            f"{'lies' if len(outside) == 1 else 'lie'} outside the domain",
            place,
            f"the first at {first}",
            related=[Related(self.domain.span, "the domain")],
            help="leave these rows out: nothing is solved there",
        )
        return False

    def check_aggregates(self, *roots: Expression) -> bool:
        """Check the points and times of every global quantity."""
        sound = True
        for node in post_order(*roots):
            if not isinstance(node, Aggregate):
                continue
            if node.point is not None:
                sound &= self.check_point(node.point)
            if node.time is not None and self.time is not None:
                value = self.folder.fold(node.time)
                low, high = self.time.bounds.low_value, self.time.bounds.high_value
                slack = ROUNDING * max(abs(low), abs(high))
                if value is None:
                    sound = False
                elif not low - slack <= value <= high + slack:
                    self.folder.faults.add(
                        "E202",
                        f"the time {value:g} lies outside {low:g} .. {high:g}",
                        node.time.span,
                        "selects no time",
                        related=[Related(self.time.span, "the time interval")],
                    )
                    sound = False
        return sound
