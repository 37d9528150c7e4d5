"""Residuals as MathML, which browsers set without scripts or fonts of ours."""

# ruff: noqa: N802 -- SymPy dispatches to methods named after its classes

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

import sympy
from sympy.printing.mathml import MathMLPresentationPrinter

from pdelang.calculus.jet import Jet
from pdelang.calculus.notation import format_expression
from pdelang.calculus.system import System

# Longer formulas are wider than a page; they are shown as their text in the spec.
_MOST_OPERATIONS = 80


def format_equation(expression: sympy.Expr, system: System) -> str | None:
    """Return ``expression = 0`` as a MathML element, known data on the right-hand side.

    None where the formula is too long to be read.
    """
    if sympy.count_ops(expression) > _MOST_OPERATIONS:
        return None
    jets = {symbol for _, symbol in system.jet_symbols}
    expanded = sympy.expand_mul(expression)
    if sympy.count_ops(expanded) > _MOST_OPERATIONS:
        return None
    terms = sympy.Add.make_args(expanded)
    left = [term for term in terms if term.free_symbols & jets]
    right = sympy.Add(*(-term for term in terms if not term.free_symbols & jets))
    # Both sides negative, or nothing on the right: nobody writes it so.
    signs = [*left, right] if right != 0 else left
    if left and all(term.could_extract_minus_sign() for term in signs):
        left, right = [-term for term in left], -right
    printer = _JetPrinter(system)
    sides = (sympy.Add(*left) if left else sympy.S.Zero, right)
    printed = "<mo>=</mo>".join(f"<mrow>{printer.to_text(side)}</mrow>" for side in sides)
    alternative = format_expression(expression).replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><semantics>'
        f'<mrow>{printed}</mrow><annotation encoding="text/plain">{alternative} = 0</annotation>'
        "</semantics></math>"
    )


def _spell_entity(match: re.Match[str]) -> str:
    return html5[match.group().removeprefix("&")]


class _JetPrinter(MathMLPresentationPrinter):
    """SymPy's presentation MathML with jets as partial derivatives."""

    def __init__(self, system: System) -> None:
        super().__init__({"mul_symbol": "None"})
        self._names = tuple(c.name for c in system.coordinates)
        self._jets = {symbol: jet for jet, symbol in system.jet_symbols}

    def to_text(self, expression: sympy.Basic) -> str:
        node: Any = self._print(expression)
        # SymPy writes names such as &InvisibleTimes; which XML alone does not know.
        return re.sub(r"&(?!amp;|lt;|gt;|quot;)[A-Za-z]+;", _spell_entity, node.toxml())

    def _print_Symbol(self, sym: sympy.Symbol, style: str = "plain") -> Any:
        jet = self._jets.get(sym)
        return self._name(sym.name) if jet is None else self._jet(jet)

    def _print_Pow(self, e: sympy.Pow) -> Any:
        jet = self._jets.get(e.base)  # type: ignore[arg-type]
        if jet is None or jet.order == 0 or not e.exp.is_Integer or int(e.exp) < 2:  # type: ignore[arg-type]
            return super()._print_Pow(e)
        base = self._row(self._element("mo", "("), self._jet(jet), self._element("mo", ")"))
        return self._join("msup", base, self._element("mn", str(e.exp)))

    def _jet(self, jet: Jet) -> Any:
        field = self._name(jet.field)
        if jet.order == 0:
            return field
        above = self._row(self._partial(jet.order), field)
        below = [
            part
            for name, order in zip(self._names, jet.orders, strict=True)
            if order
            for part in (self._element("mo", "∂"), self._power(self._name(name), order))
        ]
        return self._join("mfrac", above, self._row(*below))

    def _partial(self, order: int) -> Any:
        return self._power(self._element("mo", "∂"), order)

    def _power(self, base: Any, order: int) -> Any:
        return base if order == 1 else self._join("msup", base, self._element("mn", str(order)))

    def _print_Float(self, e: sympy.Float) -> Any:
        """Write six digits: fitted constants have as many as a double, and nobody reads them."""
        digits, _, exponent = f"{float(e):.6g}".partition("e")
        number = self._element("mn", digits)
        if not exponent:
            return number
        power = self._join(
            "msup", self._element("mn", "10"), self._element("mn", str(int(exponent)))
        )
        return self._row(number, self._element("mo", "·"), power)

    def _name(self, name: str) -> Any:
        """Return ``w.x@fluid`` as w with the subscript x, fluid."""
        path, _, region = name.partition("@")
        base, _, component = path.partition(".")
        owner = super()._print_Symbol(sympy.Symbol(base))
        below = [super()._print_Symbol(sympy.Symbol(component))] if component else []
        if region:
            below += [self._element("mo", ",")] * bool(below) + [self._element("mtext", region)]
        return self._join("msub", owner, self._row(*below)) if below else owner

    def _row(self, *children: Any) -> Any:
        return self._join("mrow", *children)

    def _join(self, tag: str, *children: Any) -> Any:
        node = self.dom.createElement(tag)
        for child in children:
            node.appendChild(child)
        return node

    def _element(self, tag: str, text: str) -> Any:
        node = self.dom.createElement(tag)
        node.appendChild(self.dom.createTextNode(text))
        return node
