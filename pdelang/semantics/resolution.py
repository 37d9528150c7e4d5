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
from pdelang.semantics.columns import list_columns
from pdelang.semantics.complex_values import (
    PART_NAMES,
    REAL_ADVICE,
    complex_parameter,
    complex_unknown,
    imaginary_unit,
)
from pdelang.semantics.constants import clip
from pdelang.semantics.definitions import Definitions
from pdelang.semantics.derivative_calls import is_steady_time, report_steady
from pdelang.semantics.expansion_size import LARGEST_EXPRESSION, SizeGuard
from pdelang.semantics.expression import (
    Apply,
    ComplexOf,
    Constant,
    Coordinate,
    DataColumn,
    Expression,
    FitReference,
    Logic,
    Normal,
    Parameter,
    Pi,
    Rank,
    TableValue,
    UnknownReference,
)
from pdelang.semantics.faults import Faults
from pdelang.semantics.functions import CALLABLE, FUNCTIONS
from pdelang.semantics.places import (
    ANYWHERE,
    Place,
    Trait,
    find_traits,
    report_misplaced,
)
from pdelang.semantics.ranks import RankChecker
from pdelang.semantics.scope import VALUES, Declaration, Kind, Scope
from pdelang.semantics.unit_table import UnitTable
from pdelang.syntax import tree
from pdelang.syntax.lexicon import IMAGINARY_UNIT, NORMAL, PI

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
                return (yield from self._name(node, place, environment))
            case tree.Member():
                return (yield from self._member(node, place, environment))
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

    # --------------------------------------------------------------- names

    def _name(self, node: tree.Name, place: Place, environment: Environment) -> Step:
        name = node.name
        if name in environment:
            return environment[name]
        if name in self.scope.faulty:
            return None
        if name == PI:
            return Pi(node.span, Rank.SCALAR)
        if name == IMAGINARY_UNIT and self.scope.has_complex:
            return imaginary_unit(node.span)
        if name == NORMAL:
            if not self.allow(Trait.NORMAL, node, place):
                return None
            return Normal(node.span, Rank.VECTOR)
        declaration = self.scope.find(name)
        if declaration is None:
            return self._report_unknown(node)
        match declaration.kind:
            case Kind.COORDINATE | Kind.TIME:
                trait = Trait.TIME if declaration.kind is Kind.TIME else Trait.SPACE
                if not self.allow(trait, node, place):
                    return None
                found = Coordinate(node.span, Rank.SCALAR, name)
                return found if self.units is None else self.units.physical(found)
            case Kind.UNKNOWN:
                if not self.allow(Trait.UNKNOWN, node, place):
                    return None
                if name in self.complex_names:
                    return complex_unknown(node.span, name)
                return UnknownReference(node.span, self.kinds.get(name, Rank.SCALAR), name)
            case Kind.PARAM:
                definition = yield from self.definitions.settle(declaration)
                if definition is None or not self.check_traits(
                    definition, node, declaration.span, place
                ):
                    return None
                if isinstance(definition, ComplexOf):
                    return complex_parameter(node.span, name, definition)
                return Parameter(node.span, Rank.SCALAR, name, definition)
            case Kind.VARY:
                if not self.allow(Trait.FAMILY, node, place):
                    return None
                found = Coordinate(node.span, Rank.SCALAR, name)
                return found if self.units is None else self.units.physical(found)
            case Kind.LET:
                return (yield from self.definitions.use(node, declaration, place))
            case Kind.FIT:
                return self._fit(node, declaration, place)
            case _:
                # A constant to be varied is refused where it is declared.
                if declaration.kind in VALUES:
                    return None
                self.faults.add(
                    "E101",
                    f"`{name}` is {declaration.kind.value}, not a value",
                    node.span,
                    "a value is expected here",
                    related=[Related(declaration.span, "declared here")],
                    help=self.scope.suggest(name, self._value_names()),
                )
                return None

    def _fit(self, node: tree.Name, declaration: Declaration, place: Place) -> Expression | None:
        """Return a constant or a field that is fitted; report (E107) one in the wrong place."""
        statement = declaration.statement
        assert isinstance(statement, tree.Fit)
        own = tuple(c.name.name for c in statement.coordinates)
        value = FitReference(node.span, Rank.SCALAR, node.name, own)
        for trait in find_traits(value, self.scope.time):
            if not self.allow(trait, node, place):
                return None
        return value if self.units is None else self.units.physical_value(value, node.name)

    def _column(self, node: tree.Member, declaration: Declaration, place: Place) -> Step:
        """Return ``probes.T``; report (E107) one off its data set, (E260) one that is not there."""
        if not self.allow(Trait.COLUMN, node, place):
            return None
        statement = declaration.statement
        assert isinstance(statement, tree.Data)
        known = list_columns(statement)
        name = node.member.name
        if name not in known:
            self.faults.add(
                "E260",
                f"the data set `{declaration.name}` has no column `{name}`",
                node.member.span,
                "no such column",
                related=[Related(declaration.span, "declared here")],
                help=self.scope.suggest(name, known)
                or f'add it to the `csv`, for example `{name} = "{name}"`',
            )
            return None
        column = DataColumn(node.span, Rank.SCALAR, declaration.name, name)
        return column if self.units is None else self.units.physical_value(column, name)
        yield

    def _member(self, node: tree.Member, place: Place, environment: Environment) -> Step:
        """Resolve ``w.x``, ``n.x``, ``grad(u).x``."""
        owner = node.owner
        if isinstance(owner, tree.Name) and owner.name not in environment:
            declaration = self.scope.find(owner.name)
            if owner.name in self.scope.faulty:
                return None
            if declaration is not None and declaration.kind is Kind.DATA:
                return (yield from self._column(node, declaration, place))
            if declaration is not None and declaration.kind in (Kind.DOMAIN, Kind.BOUNDARY):
                self.faults.add(
                    "E101",
                    f"`{clip(node.span.text)}` is a part of the boundary, not a value",
                    node.span,
                    "a value is expected here",
                    help="name parts after `on`: `on left: …` or `integral(…, on = left)`",
                )
                return None
        operand = yield Ask(owner, place, environment)
        if operand is None:
            return None
        if isinstance(operand, ComplexOf) and node.member.name in PART_NAMES:
            # `psi.re`, as the columns of tables call it, is `re(psi)`.
            return operand.re if node.member.name == PART_NAMES[0] else operand.im
        if node.member.name not in self.scope.space:
            self.report_component(node.member)
            return None
        axis = self.scope.space.index(node.member.name)
        return self.ranks.build_component(node.span, operand, axis)

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
        for trait, span in find_traits(value, self.scope.time, self.scope.varied).items():
            if trait not in place.traits:
                related = [Related(span, "because of this")]
                report_misplaced(trait, used.span, place, self.faults, related)
                return False
        return True

    def _value_names(self) -> tuple[str, ...]:
        return (*self.scope.names_of(VALUES), PI)

    def _report_unknown(self, node: tree.Name) -> Expression | None:
        name = node.name
        if name == "identity":
            return Apply(node.span, Rank.TENSOR, "identity", ())
        if name == IMAGINARY_UNIT:
            self.faults.add(
                "E101",
                "`i` is the imaginary unit only where an unknown is complex",
                node.span,
                "not declared",
                help="declare an unknown as complex: `unknown psi: complex`",
            )
            return None
        if name in CALLABLE:
            argument = "u, v" if name in FUNCTIONS and FUNCTIONS[name].least == 2 else "u"
            self.faults.add(
                "E105",
                f"`{name}` needs its arguments",
                node.span,
                "a function",
                help=f"write `{name}({argument})`",
            )
            return None
        if is_steady_time(name, self.scope):
            report_steady(self, node.span)
            return None
        if self.scope.lacks_space:
            # The missing domain has been reported; it may declare this coordinate.
            return None
        self.faults.add(
            "E101",
            f"unknown name `{name}`",
            node.span,
            "not declared",
            help=self.scope.suggest(name, self._value_names())
            or f"declare it: `param {clip(name)} = …`, `let {clip(name)} = …` or `unknown {clip(name)}`",
        )
        return None
