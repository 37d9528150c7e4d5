"""Definitions: the values of `param` and `let`, resolved once and shared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.semantics.asking import Ask, Step
from pdelang.semantics.expression import Expression, Parameter, Rank
from pdelang.semantics.places import ANYWHERE, PARAM, Place
from pdelang.semantics.scope import Declaration
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver


@dataclass(slots=True)
class Definitions:
    """What each definition stands for; reports those that need themselves (E104)."""

    resolver: Resolver
    _values: dict[str, Expression | None] = field(default_factory=dict)
    _expansions: dict[tuple[str, Place, tuple[int, ...]], tuple[object, Expression | None]] = field(
        default_factory=dict
    )
    _open: list[str] = field(default_factory=list)

    def abandon(self) -> None:
        """Forget which definitions are being read, after a walk was broken off."""
        self._open.clear()

    def use(self, node: tree.Name, declaration: Declaration, place: Place) -> Step:
        statement = declaration.statement
        if isinstance(statement, tree.Let) and statement.formals:
            formals = ", ".join(formal.name for formal in statement.formals)
            self.resolver.faults.add(
                "E105",
                f"`{node.name}` needs its argument{'s' if len(statement.formals) > 1 else ''}",
                node.span,
                "used without arguments",
                related=[Related(declaration.span, "defined with them here")],
                help=f"write `{node.name}({formals})`",
            )
            return None
        value = yield from self.settle(declaration)
        if value is None or not self.resolver.check_traits(value, node, declaration.span, place):
            return None
        return value

    def settle(self, declaration: Declaration) -> Step:
        """Return the value of a `param` or a plain `let`, resolved once."""
        name, statement = declaration.name, declaration.statement
        if name in self._values:
            return self._values[name]
        if name in self._open:
            self._report_cycle(self._open[self._open.index(name) :])
            return None
        assert isinstance(statement, tree.Param | tree.Let)
        self._open.append(name)
        place = PARAM if isinstance(statement, tree.Param) else ANYWHERE
        value = yield Ask(statement.value, place, {})
        self._open.pop()
        if value is not None and not self.resolver.sizes.check(value, statement.value.span):
            value = None
        if value is not None and isinstance(statement, tree.Param):
            scalar = self.resolver.ranks.require_rank(
                value, Rank.SCALAR, "a `param` is a scalar", f"write `let {name} = …` for a vector"
            )
            value = value if scalar else None
        if value is not None and self.resolver.units is not None:
            value = self.resolver.units.define(statement, value)
        if value is None or name in self.resolver.scope.faulty:
            self.resolver.scope.faulty.add(name)
            value = None
        self._values[name] = value
        return value

    def define(self, declaration: Declaration) -> Expression | None:
        """Return the value of a `param` or plain `let`, checking it even if nothing uses it."""
        value = self.resolver.resolve(tree.Name(declaration.span, declaration.name), ANYWHERE)
        return value.definition if isinstance(value, Parameter) else value

    def expand(
        self,
        call: tree.Call,
        declaration: Declaration,
        place: Place,
        actuals: tuple[Expression | None, ...],
    ) -> Step:
        """Return a `let` with formals, its actual arguments put in."""
        statement = declaration.statement
        assert isinstance(statement, tree.Let)
        name = declaration.name
        if name in self._open:
            self._report_cycle(self._open[self._open.index(name) :])
            return None
        # Equal arguments give the same node: `f(f(f(x)))` must not grow with every level.
        key = (name, ANYWHERE, tuple(id(actual) for actual in actuals))
        if key not in self._expansions:
            formals = (formal.name for formal in statement.formals)
            self._open.append(name)
            value = yield Ask(statement.value, ANYWHERE, dict(zip(formals, actuals, strict=True)))
            self._open.pop()
            self._expansions[key] = (actuals, value)
        value = self._expansions[key][1]
        if name in self.resolver.scope.faulty or value is None:
            return None
        if not self.resolver.check_traits(value, call, declaration.span, place):
            return None
        return value

    def _report_cycle(self, names: list[str]) -> None:
        # The same cycle may be entered at any of its names; it is told once, from the first.
        ordered = sorted(names, key=lambda name: self.resolver.scope.names[name].span.start)
        first = self.resolver.scope.names[ordered[0]]
        self.resolver.scope.faulty.update(names)
        if len(names) == 1:
            message = f"`{names[0]}` is defined by itself"
        else:
            start = names.index(ordered[0])
            around = names[start:] + names[:start]
            message = "circular definition: " + " → ".join(f"`{n}`" for n in (*around, around[0]))
        self.resolver.faults.add(
            "E104",
            message,
            first.span,
            "needs itself",
            related=[
                Related(self.resolver.scope.names[n].span, "is needed on the way")
                for n in ordered[1:]
            ],
        )
