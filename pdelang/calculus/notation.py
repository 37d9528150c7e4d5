"""Residuals in the notation of the language and in LaTeX."""

# ruff: noqa: N802 -- SymPy dispatches to methods named after its classes

from __future__ import annotations

import unicodedata

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from pdelang.calculus.jet import Jet
from pdelang.calculus.substitution import branches
from pdelang.calculus.system import System

_LATEX_SPECIAL = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def format_expression(expression: sympy.Basic) -> str:
    """Return an expression as the language writes it: ``u_t + u*u_x - u_xx/(100*pi)``."""
    return _LanguagePrinter({"order": None}).doprint(expression).replace("**", "^")


def format_latex(expression: sympy.Basic, system: System) -> str:
    """Return an expression in LaTeX, jets as partial derivatives."""
    return _JetPrinter(system).doprint(expression)


def escape_latex(text: str) -> str:
    """Return text that LaTeX sets as it stands."""
    return "".join(
        f"${sympy.latex(sympy.Symbol(greek))}$"
        if (greek := _greek_name(c)) is not None
        else _LATEX_SPECIAL.get(c, c)
        for c in text
    )


def _greek_name(character: str) -> str | None:
    """Return ``theta`` for ``θ`` and ``Theta`` for ``Θ``: LaTeX's fonts lack the letters themselves."""
    match unicodedata.name(character, "").split():
        case ["GREEK", "SMALL", "LETTER", name]:
            return name.lower()
        case ["GREEK", "CAPITAL", "LETTER", name]:
            return name.capitalize()
        case _:
            return None


class _LanguagePrinter(StrPrinter):
    """SymPy's own notation with the language's names."""

    def _print_Abs(self, e: sympy.Abs) -> str:
        return f"abs({self._print(e.args[0])})"

    def _print_Max(self, e: sympy.Max) -> str:
        return self._nested("max", e.args)

    def _print_Min(self, e: sympy.Min) -> str:
        return self._nested("min", e.args)

    def _print_Exp1(self, e: sympy.Basic) -> str:
        return "exp(1)"

    def _print_Heaviside(self, e: sympy.Heaviside) -> str:
        return f"heaviside({self._print(e.args[0])})"

    def _print_Integral(self, e: sympy.Integral) -> str:
        text = self._print(e.function)
        for variable, *ends in (limit.args for limit in e.limits):
            # Without ends it goes over a fixed set: a region, a part of the boundary.
            over = f" = {' .. '.join(map(self._print, ends))}" if ends else ""
            text = f"integral({text}, {self._print(variable)}{over})"
        return text

    def _print_Piecewise(self, e: sympy.Piecewise) -> str:
        *cases, (last, _) = branches(e)
        text = "".join(f"if {self._predicate(c)} then {self._print(v)} else " for v, c in cases)
        return f"({text}{self._print(last)})"

    def _predicate(self, e: sympy.Basic) -> str:
        match e:
            case sympy.And():
                return " and ".join(f"({self._predicate(a)})" for a in e.args)
            case sympy.Or():
                return " or ".join(f"({self._predicate(a)})" for a in e.args)
            case sympy.Not():
                return f"not ({self._predicate(e.args[0])})"
            case sympy.Equality():
                return f"{self._print(e.lhs)} == {self._print(e.rhs)}"
            case sympy.Unequality():
                return f"{self._print(e.lhs)} != {self._print(e.rhs)}"
            case _:
                return self._print(e)

    def _nested(self, name: str, arguments: tuple[sympy.Basic, ...]) -> str:
        return f"{name}({', '.join(self._print(a) for a in arguments)})"


class _JetPrinter(LatexPrinter):
    """LaTeX with ``∂`` for jets; a power of a derivative keeps its parentheses."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self._names = dict(
            zip(system.coordinates, (c.name for c in system.coordinates), strict=True)
        )
        self._jets = {symbol: jet for jet, symbol in system.jet_symbols}

    def _print_Symbol(self, expr: sympy.Symbol, style: str = "plain") -> str:
        jet = self._jets.get(expr)
        return self._name(expr.name) if jet is None else self._jet(jet)

    def _print_Pow(self, expr: sympy.Pow) -> str:
        jet = self._jets.get(expr.base)  # type: ignore[arg-type]
        if jet is not None and jet.order and expr.exp.is_Integer and int(expr.exp) > 1:  # type: ignore[arg-type]
            return rf"\left({self._jet(jet)}\right)^{{{int(expr.exp)}}}"  # type: ignore[arg-type]
        return super()._print_Pow(expr)

    def _print_Mul(self, expr: sympy.Mul) -> str:
        """Print constants before a fraction of derivatives, not below it."""
        constant, rest = expr.as_independent(*expr.free_symbols, as_Add=False)
        factors = sympy.Mul.make_args(rest)
        divides = sympy.fraction(constant)[1] != 1
        if divides and not constant.is_negative and all(f in self._jets for f in factors):
            return " ".join(self._print(e) for e in (constant, *factors))
        return super()._print_Mul(expr)

    def _jet(self, jet: Jet) -> str:
        field = self._name(jet.field)
        if jet.order == 0:
            return field
        printed = [self._name(name) for name in self._names.values()]
        # Nor a second superscript, as in the second derivative by ``x__a``.
        names = [f"{{{name}}}" if "^" in name else name for name in printed]
        below = " ".join(
            rf"\partial {name}" + (f"^{{{k}}}" if k > 1 else "")
            for name, k in zip(names, jet.orders, strict=True)
            if k
        )
        above = rf"\partial^{{{jet.order}}}" if jet.order > 1 else r"\partial"
        return rf"\frac{{{above} {field}}}{{{below}}}"

    def _name(self, name: str) -> str:
        name, _, region = name.partition("@")
        if region:
            # One piece of a field: `T` of the region `brick`.
            return rf"{self._name(name)}\vert_{{\mathrm{{{escape_latex(region)}}}}}"
        base, _, component = name.partition(".")
        printed = self._plain_name(base)
        if not component:
            return printed
        # LaTeX refuses a second subscript on a name that has one.
        owner = f"{{{printed}}}" if "_" in printed else printed
        return f"{owner}_{{{self._plain_name(component)}}}"

    def _plain_name(self, name: str) -> str:
        words = (_greek_name(w) or w if len(w) == 1 else w for w in name.split("_"))
        return super()._print_Symbol(sympy.Symbol("_".join(words)))
