"""Units by name: dimension and factor to SI, from `pint`.

`pint` is imported for units that `kept_units` does not hold, and sees single names only: it hangs on
``m^9^9^9``, so powers and products are ours.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from pdelang.diagnostics.suggestion import similar
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.dimension import NUMBER, Dimension
from pdelang.semantics.faults import Faults
from pdelang.semantics.kept_units import keep_unit, recall_unit
from pdelang.syntax import tree

COMMON = (
    *("m", "mm", "cm", "km", "um", "nm", "pm", "inch", "ft", "s", "ms", "us", "ns", "min", "h"),
    *("day", "year", "kg", "g", "mg", "t", "lb", "A", "mA", "K", "mK", "degC", "degF", "mol", "cd"),
    *("N", "kN", "MN", "Pa", "kPa", "MPa", "GPa", "hPa", "bar", "mbar", "atm", "psi", "J", "kJ"),
    *("MJ", "eV", "keV", "MeV", "cal", "kWh", "W", "mW", "kW", "MW", "V", "mV", "kV", "C", "F"),
    *("ohm", "S", "T", "mT", "G", "H", "Wb", "Hz", "kHz", "MHz", "GHz", "THz", "rad", "deg"),
    *("metre", "meter", "second", "minute", "hour", "kelvin", "gram", "newton", "pascal", "joule"),
    *("watt", "volt", "ampere", "degree", "radian", "litre", "liter", "dimensionless"),
    *("L", "mL", "percent", "ppm", "M", "mM", "Bq", "Gy", "Sv", "dyn", "erg", "poise", "stokes"),
)
"""What a misspelt name is compared with."""

_DECIBELS = ("dB", "decibel")
_EXACT_DENOMINATOR = 10**18


def read_unit(unit: tree.Unit, faults: Faults) -> Conversion | None:
    """Return what a unit means; report an unknown name (E101) and a scale that is no unit (E190).

    A temperature scale with a zero of its own keeps it only where it stands alone: in
    ``[W/(m^2 degC)]`` a degree is a difference.
    """
    dimension, factor, offset = NUMBER, Fraction(1), Fraction(0)
    for name, power in unit.factors:
        found = _find(name)
        if isinstance(found, str):
            faults.add(
                "E190",
                f"the unit `{name}` is not supported: {found}",
                unit.span,
                found,
                help=_advise_ratio(name),
            )
            return None
        if found is None:
            near = similar(name, COMMON)
            faults.add(
                "E101",
                f"unknown unit `{name}`",
                unit.span,
                "not a unit",
                help=_advise_power(name)
                or (f"did you mean `{near}`?" if near else "units are written `[kg/(m s^2)]`"),
            )
            return None
        exponent = Fraction(power).limit_denominator(10**6)
        dimension = dimension.times(found.dimension.to(exponent))
        if exponent.denominator == 1:
            factor = factor * found.factor ** int(exponent)
        else:
            factor = float(factor) * float(found.factor) ** float(exponent)
        if len(unit.factors) == 1 and exponent == 1:
            offset = found.offset
    return Conversion(dimension, factor, offset, unit.span.text.strip("[] "))


def _advise_ratio(name: str) -> str | None:
    """Return the help for decibels, which mean another ratio of powers than of amplitudes."""
    if name not in _DECIBELS:
        return None
    return (
        "write the ratio: 3 dB are `10^(3/10)` of powers and intensities, `10^(3/20)` of amplitudes "
        "such as a pressure or a voltage"
    )


def _advise_power(name: str) -> str | None:
    """Return the help for ``m2``, a unit with its exponent beside it; None for another name."""
    stem = name.rstrip("0123456789")
    if stem == name or not stem or _find(stem) is None:
        return None
    return f"a power is written `{stem}^{name[len(stem) :]}`"


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None)


@cache
def _find(name: str) -> Conversion | str | None:
    """Return a single unit, None for an unknown name, or why it cannot be used."""
    found = recall_unit(name)
    if found is None:
        found = _ask_pint(name)
        if isinstance(found, Conversion):
            keep_unit(name, found)
    return found


def _ask_pint(name: str) -> Conversion | str | None:
    import pint

    registry = _registry()
    try:
        unit = registry.Unit(name)
        zero = registry.Quantity(0.0, unit).to_base_units()
        one = registry.Quantity(1.0, unit).to_base_units()
    except pint.UndefinedUnitError:
        return None
    except (pint.PintError, ValueError, TypeError, AttributeError, OverflowError):
        return "its scale is not linear"
    if registry.Quantity(2.0, unit).to_base_units().magnitude - one.magnitude - (
        one.magnitude - zero.magnitude
    ) > 1e-9 * abs(one.magnitude):
        return "its scale is not linear"
    powers = {str(k): Fraction(v).limit_denominator(1000) for k, v in unit.dimensionality.items()}
    offset = _exact(zero.magnitude)
    factor = _exact(one.magnitude - zero.magnitude) if offset else _exact(one.magnitude)
    if offset:
        # 1 °C is 274.15 K, and the difference is rounded: a few digits are all it has.
        factor = _exact(float(f"{float(factor):.12g}"))
    return Conversion(Dimension.of(powers.items()), factor, offset, name)


def _exact(value: float) -> Fraction | float:
    """Return a decimal number as a fraction, one with all digits of a double as it is."""
    exact = Fraction(repr(float(value)))
    return exact if exact.denominator <= _EXACT_DENOMINATOR and len(repr(value)) < 16 else value
