"""Functions that other languages have and this one writes otherwise: the help for E101.

A user who writes `acosh(x)` is helped by its formula, and misled by the nearest name, `acos`.
"""

from __future__ import annotations

_FORMULAS = {
    "asinh": "log({0} + sqrt({0}^2 + 1))",
    "acosh": "log({0} + sqrt({0}^2 - 1))",
    "atanh": "log((1 + {0})/(1 - {0}))/2",
    "sec": "1/cos({0})",
    "csc": "1/sin({0})",
    "cot": "cos({0})/sin({0})",
    "sech": "1/cosh({0})",
    "csch": "1/sinh({0})",
    "coth": "cosh({0})/sinh({0})",
    "log2": "log({0})/log(2)",
    "log10": "log({0})/log(10)",
    "log1p": "log(1 + {0})",
    "expm1": "exp({0}) - 1",
    "exp2": "2^{0}",
    "exp10": "10^{0}",
    "sqr": "{0}^2",
    "square": "{0}^2",
    "cbrt": "{0}^(1/3)",
    "hypot": "sqrt({0}^2 + {1}^2)",
    "pow": "{0}^{1}",
    "power": "{0}^{1}",
    "mod": "an `if`, as in `if t < 1 then a else b`, or a `periodic` statement",
}
"""Formulas of the arguments, {0} and {1}; the last kind of entry is words."""

_NAMES = {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "tg": "tan",
    "arctg": "atan",
    "sgn": "sign",
    "signum": "sign",
    "fabs": "abs",
    "step": "heaviside",
    "theta": "heaviside",
    "maximum": "max",
    "minimum": "min",
    "fmax": "max",
    "fmin": "min",
    "j0": "besselj",
    "j1": "besselj",
    "jn": "besselj",
    "y0": "bessely",
    "y1": "bessely",
    "yn": "bessely",
    "laplacian": "lap",
    "laplace": "lap",
    "delta": "lap",
    "gradient": "grad",
    "nabla": "grad",
    "divergence": "div",
    "rot": "curl",
    "inner": "dot",
    "trace": "tr",
    "real": "re",
    "imag": "im",
    "conjugate": "conj",
    "angle": "arg",
    "average": "mean",
    "avg": "mean",
    "int": "integral",
    "integrate": "integral",
    "diff": "d",
    "derivative": "d",
}
"""Other names of functions that the language has."""

_ORDERS = {"j0": 0, "j1": 1, "y0": 0, "y1": 1}


def advise_foreign(name: str, arguments: list[str]) -> str | None:
    """Return the help for a function of another language, or None for a word of no one.

    Args:
        name: the word that was called, in any case of letters.
        arguments: the texts of its arguments, in order.
    """
    word = name.lower()
    here = _NAMES.get(word, word)
    formula = _FORMULAS.get(here)
    if formula is None:
        if here == word:
            return None
        inside = ", ".join([*([str(_ORDERS[word])] if word in _ORDERS else []), *arguments])
        return f"it is called `{here}` here: `{here}({inside})`"
    if "`" in formula:
        return f"write {formula}"
    if len(arguments) < formula.count("{1}") + 1:
        return None
    for place, text in enumerate(arguments):
        # An argument that stands in brackets of its own needs no more of them.
        formula = formula.replace(f"({{{place}}})", f"({text})")
        formula = formula.replace(f"{{{place}}}", _bracket(text))
    return f"write `{formula}`"


def _bracket(text: str) -> str:
    """Put an operand in brackets unless it is one word or number, or is in brackets already."""
    return text if text.replace("_", "").replace(".", "").isalnum() else f"({text})"
