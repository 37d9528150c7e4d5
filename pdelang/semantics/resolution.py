"""Names to meanings: a tree expression becomes a typed one.

The walk is driven by a stack of generators, each of which asks for its operands with
``yield``; so neither deep nesting nor a long chain of definitions can exhaust Python's stack.
None stands for an expression whose fault has been reported: whatever contains it is None
too, and silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.arithmetic import UndefinedConstantError, read_literal
from pdelang.semantics.asking import Ask, Environment, Found, Step
from pdelang.semantics.boundary import Part
from pdelang.semantics.calls import resolve_call
from pdelang.semantics.chains import LONGEST_CHAIN, bracket, collect_chain
from pdelang.semantics.complex_values import (
    REAL_ADVICE,
)
from pdelang.semantics.constants import clip
from pdelang.semantics.definitions import Definitions
from pdelang.semantics.expansion_size import LARGEST_EXPRESSION, SizeGuard
from pdelang.semantics.expression import (
    Apply,
    ComplexOf,
    Constant,
    Expression,
    Logic,
    Rank,
    TableValue,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.free_coordinates import is_number
from pdelang.semantics.name_values import resolve_member, resolve_name
from pdelang.semantics.places import (
    ANYWHERE,
    NUMBERS,
    Place,
    Trait,
    find_traits,
    report_misplaced,
)
from pdelang.semantics.ranks import RankChecker
from pdelang.semantics.scope import Scope
from pdelang.semantics.unit_table import UnitTable
from pdelang.syntax import tree

PartLocator = Callable[[tree.Expression], Part | None]
RegionFinder = Callable[[tree.Expression], Found | None]


def find_no_region(node: tree.Expression) -> Found | None:
    """Stand in for the regions where they are not known yet: in their own definitions."""
    return None


@dataclass(slots=True)
class Resolver:
    """Resolves expressions against a scope. Definitions are resolved once and shared."""

    scope: Scope
    faults: Faults
    locate: PartLocator
    kinds: dict[str, Rank] = field(default_factory=dict)
    find_region: RegionFinder = find_no_region
    complex_names: frozenset[str] = frozenset()
    units: UnitTable | None = None
    directory: Path | None = None
    tables: list[tuple[TableValue, tuple[str, ...]]] = field(default_factory=list)
    ranks: RankChecker = field(init=False)
    sizes: SizeGuard = field(init=False)
    definitions: Definitions = field(init=False)

    def __post_init__(self) -> None:
        self.ranks = RankChecker(self.faults, self.scope.space)
        self.sizes = SizeGuard(self.faults)
        self.definitions = Definitions(self)

    def resolve(
        self, node: tree.Expression, place: Place, environment: Environment | None = None
    ) -> Expression | None:
        """Return the typed expression, or None after reporting what is wrong with it."""
        steps: list[Step] = [self._step(Ask(node, place, environment or {}))]
        answer: Expression | None = None
        taken = 0
        while steps:
            try:
                request = steps[-1].send(answer)
            except StopIteration as done:
                steps.pop()
                answer = done.value
                continue
            taken += 1
            if taken > LARGEST_EXPRESSION:
                self.sizes.report_size(node.span)
                self.definitions.abandon()
                return None
            steps.append(self._step(request))
            answer = None
        if answer is None or not self.sizes.check(answer, node.span):
            return None
        if isinstance(answer, ComplexOf) and place.is_real:
            self.report_complex(node, place.words)
            return None
        return answer

    # ------------------------------------------------------------ one step

    def _step(self, ask: Ask) -> Step:
        node, place, environment = ask.node, ask.place, ask.environment
        match node:
            case tree.Number():
                return (yield from self._number(node))
            case tree.Name():
                return (yield from resolve_name(self, node, place, environment))
            case tree.Member():
                return (yield from resolve_member(self, node, place, environment))
            case tree.Unary(operator="not"):
                operand = yield Ask(node.operand, place, environment)
                if operand is None or not self.ranks.require_predicate(operand, "not"):
                    return None
                return Logic(node.span, Rank.SCALAR, "not", (operand,))
            case tree.Unary():
                operand = yield Ask(node.operand, place, environment)
                if operand is None or isinstance(operand, Logic):
                    return None
                if node.operator == "+":
                    return operand
                return self.ranks.complete(Apply(node.span, operand.rank, "neg", (operand,)))
            case tree.Binary():
                return (yield from self._binary(node, place, environment))
            case tree.Conditional():
                predicate = yield Ask(node.predicate, place, environment)
                then = yield Ask(node.then, place, environment)
                otherwise = yield Ask(node.otherwise, place, environment)
                if predicate is None or then is None or otherwise is None:
                    return None
                return self.ranks.build_conditional(node.span, predicate, then, otherwise)
            case tree.Tuple():
                items: list[Expression | None] = []
                for item in node.items:
                    items.append((yield Ask(item, place, environment)))
                if any(item is None for item in items):
                    return None
                return self.ranks.build_tuple(node.span, tuple(i for i in items if i is not None))
            case tree.Call():
                return (yield from resolve_call(self, node, place, environment))
            case tree.String():
                self.faults.add("E110", "a text cannot be calculated with", node.span, "a text")
                return None
            case tree.List() | tree.Range():
                what = "list" if isinstance(node, tree.List) else "range"
                self.faults.add(
                    "E110",
                    f"a {what} is not a value",
                    node.span,
                    f"a {what}",
                    help="write a vector as a tuple: `(a, b)`" if what == "list" else None,
                )
                return None
            case _:
                raise TypeError(f"not an expression: {node!r}")

    def _number(self, node: tree.Number) -> Step:
        try:
            return Constant(node.span, Rank.SCALAR, read_literal(node.text))
        except UndefinedConstantError as fault:
            self.faults.add(
                "E020", f"the number `{clip(node.text)}` is {fault}", node.span, "out of range"
            )
            return None
        yield

    def _binary(self, node: tree.Binary, place: Place, environment: Environment) -> Step:
        """Resolve a whole chain `a + b - c` at once."""
        first, links = collect_chain(node)
        operands = [(yield Ask(first, place, environment))]
        for _, right, _ in links:
            operands.append((yield Ask(right, place, environment)))
        if any(operand is None for operand in operands):
            return None
        values = [operand for operand in operands if operand is not None]
        if node.operator in ("and", "or"):
            if not all(self.ranks.require_predicate(value, node.operator) for value in values):
                return None
            return Logic(node.span, Rank.SCALAR, node.operator, tuple(values))
        if node.operator in ("<", "<=", ">", ">=", "==", "!="):
            return self.ranks.build_comparison(node.span, node.operator, values[0], values[1])
        if node.operator == "&":
            self.faults.add(
                "E110",
                "`&` intersects shapes and means nothing between values",
                node.span,
                "not shapes",
            )
            return None
        if len(values) > LONGEST_CHAIN:
            return bracket(self.ranks, node.span, [op for op, _, _ in links], values)
        result: Expression | None = values[0]
        for (operator, _, span), value in zip(links, values[1:], strict=True):
            result = self.ranks.build_binary(span, operator, result, value)
            if result is None:
                return None
        return result

    # ------------------------------------------------------------ messages

    def report_component(self, member: tree.Name) -> None:
        """Report (E101) a component that is no space coordinate."""
        space = self.scope.space
        self.faults.add(
            "E101",
            f"a vector has no component `{member.name}`",
            member.span,
            "not a space coordinate",
            help=self.scope.suggest(member.name, space)
            or f"the components are {', '.join(f'`.{c}`' for c in space)}",
        )

    def report_complex(self, node: tree.Node, words: str) -> None:
        """Report (E107) a complex value where a real one is needed."""
        self.faults.add(
            "E107",
            f"`{clip(node.span.text)}` is complex and cannot stand in {words}",
            node.span,
            "has an imaginary part",
            help=REAL_ADVICE,
        )

    def allow(self, trait: Trait, node: tree.Expression, place: Place) -> bool:
        """Report (E107) what may not stand in this place."""
        if trait in place.traits:
            return True
        report_misplaced(trait, node.span, place, self.faults)
        return False

    def check_traits(
        self, value: Expression, used: tree.Expression, defined: Span, place: Place
    ) -> bool:
        """Report (E107) a definition whose value may not stand where it is used."""
        if place is ANYWHERE:
            return True
        coordinates, space = self.scope.coordinates, len(self.scope.space)
        closed = (lambda e: is_number(e, coordinates, space)) if place in NUMBERS else None
        traits = find_traits(value, self.scope.time, self.scope.varied, closed)
        for trait, span in traits.items():
            if trait not in place.traits:
                related = [Related(span, "because of this")]
                report_misplaced(trait, used.span, place, self.faults, related)
                return False
        return True
