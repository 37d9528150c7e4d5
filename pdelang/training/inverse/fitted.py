"""What a fit turned out to be."""

from __future__ import annotations

from dataclasses import dataclass

from pdelang.semantics.measured import Departure, FieldSeries, Fit


@dataclass(frozen=True, slots=True)
class FittedValue:
    """A fitted constant with its standard error, or a fitted field.

    ``value`` is None for a field, which ``series`` tells apart from its guess; its ``standard_error``
    is the root mean square over the domain. ``standard_error`` is None where nothing was measured.
    """

    value: float | None
    standard_error: float | None = None
    series: FieldSeries | None = None

    @classmethod
    def of(cls, fit: Fit, standard_error: float | None) -> FittedValue:
        """Return what a problem's fit stands for."""
        if isinstance(fit.value, FieldSeries):
            return cls(None, standard_error, fit.value)
        assert not isinstance(fit.value, Departure), "its value is not settled yet"
        return cls(fit.value, standard_error)
