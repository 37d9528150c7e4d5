"""Declarations: which name means what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import Enum

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Source, Span
from pdelang.diagnostics.suggestion import similar
from pdelang.semantics.derivative_words import read_derivative_word
from pdelang.semantics.faults import Faults
from pdelang.semantics.functions import CALLABLE, COMPLEX_PARTS
from pdelang.syntax import tree
from pdelang.syntax.lexicon import IMAGINARY_UNIT, RESERVED


class Kind(Enum):
    """What a declared name stands for, in the words of messages."""

    COORDINATE = "a coordinate"
    TIME = "the time"
    PARAM = "a `param`"
    LET = "a `let`"
    UNKNOWN = "an unknown"
    DOMAIN = "the domain"
    SHAPE = "a shape"
    BOUNDARY = "a boundary part"
    DATA = "a data set"
    FIT = "a `fit`"
    VARY = "a `vary`"


VALUES = frozenset(
    {Kind.COORDINATE, Kind.TIME, Kind.PARAM, Kind.LET, Kind.UNKNOWN, Kind.FIT, Kind.VARY}
)
"""Kinds that may stand as a value in an expression."""

_WARNED_WHEN_UNUSED = frozenset(
    {Kind.PARAM, Kind.LET, Kind.SHAPE, Kind.BOUNDARY, Kind.DATA, Kind.VARY}
)


@dataclass(frozen=True, slots=True)
class Declaration:
    name: str
    kind: Kind
    span: Span
    statement: tree.Statement


@dataclass(slots=True)
class Scope:
    """All declared names.

    ``faulty`` are those whose use must cause no further message, ``suggested`` those that a
    help line named, ``timeless`` the places that speak of a time where none is declared.
    ``has_complex``: an unknown is complex, so ``i``, ``re``, ``im``, ``conj`` and ``arg`` exist.
    """

    source: Source
    names: dict[str, Declaration] = field(default_factory=dict)
    space: tuple[str, ...] = ()
    time: str | None = None
    faulty: set[str] = field(default_factory=set)
    suggested: set[str] = field(default_factory=set)
    timeless: list[Span] = field(default_factory=list)
    has_complex: bool = False

    @property
    def lacks_space(self) -> bool:
        """Whether neither a domain nor a time is declared, which is a fault of its own."""
        return self.time is None and not self.names_of({Kind.DOMAIN})

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Space coordinates, then the time where there is one."""
        return self.space + ((self.time,) if self.time else ())

    @property
    def varied(self) -> tuple[str, ...]:
        """The varied parameters, by name."""
        return self.names_of({Kind.VARY})

    def find(self, name: str, kinds: Iterable[Kind] | None = None) -> Declaration | None:
        declaration = self.names.get(name)
        if declaration is None or (kinds is not None and declaration.kind not in set(kinds)):
            return None
        return declaration

    def names_of(self, kinds: Iterable[Kind]) -> tuple[str, ...]:
        wanted = set(kinds)
        return tuple(sorted(d.name for d in self.names.values() if d.kind in wanted))

    def suggest(self, name: str, candidates: Iterable[str]) -> str | None:
        """Return a help line naming the nearest candidate, and count that one as used."""
        found = similar(name, sorted(set(candidates)))
        if found is None:
            return None
        self.suggested.add(found)
        return f"did you mean `{found}`?"


def collect_names(spec: tree.Tree, faults: Faults) -> Scope:
    """Return the scope of a spec; report reserved words and double declarations (E102)."""
    scope = Scope(spec.source)
    domains = [s for s in spec.statements if isinstance(s, tree.Domain)]
    times = [s for s in spec.statements if isinstance(s, tree.Time)]
    for kind, statements in (("domain", domains), ("time", times)):
        for second in statements[1:]:
            faults.add(
                "E102",
                f"a spec has one `{kind}`, and this is the second",
                second.name.span,
                "the second",
                related=[Related(statements[0].name.span, "the first")],
                help="put the problems into files of their own",
            )
    if domains:
        scope.space = tuple(c.name.name for c in domains[0].coordinates)
    if times:
        scope.time = times[0].name.name
    scope.has_complex = any(
        isinstance(s, tree.Unknown) and s.kind is not None and s.kind.name == "complex"
        for s in spec.statements
    )
    reserved = RESERVED | ({IMAGINARY_UNIT} if scope.has_complex else set())
    for declaration in _list_declarations(spec, {id(s) for s in (*domains[1:], *times[1:])}):
        _declare(declaration, scope, reserved, faults)
    return scope


def _declare(
    declaration: Declaration, scope: Scope, reserved: Iterable[str], faults: Faults
) -> None:
    name, span = declaration.name, declaration.span
    if name in reserved:
        faults.add(
            "E102",
            f"`{name}` is a word of the language and cannot be declared",
            span,
            "reserved",
            help=f"choose another name, for example `{name}_0`",
        )
        scope.faulty.add(name)
    elif is_derivative := next(iter(read_derivative_word(name, scope.coordinates)), None):
        faults.add(
            "E102",
            f"`{name}` is a derivative word here and cannot be declared",
            span,
            f"means the derivative by {', '.join(is_derivative)}",
            help=f"choose another name, for example `{name}_0`",
        )
        scope.faulty.add(name)
    elif (
        isinstance(declaration.statement, tree.Let)
        and declaration.statement.formals
        and name in CALLABLE
        and (scope.has_complex or name not in COMPLEX_PARTS)
    ):
        faults.add(
            "E102",
            f"`{name}` is a function of the language and cannot be defined again",
            span,
            "a built-in function",
            help=f"choose another name, for example `my_{name}`",
        )
        scope.faulty.add(name)
    elif name in scope.names:
        first = scope.names[name]
        faults.add(
            "E102",
            f"`{name}` is declared twice",
            span,
            "the second declaration",
            related=[Related(first.span, f"first declared here, as {first.kind.value}")],
            help="rename one of them",
        )
        scope.faulty.add(name)
    scope.names.setdefault(name, declaration)


def _list_declarations(spec: tree.Tree, skipped: set[int]) -> list[Declaration]:
    found: list[Declaration] = []

    def declare(name: tree.Name, kind: Kind, statement: tree.Statement) -> None:
        found.append(Declaration(name.name, kind, name.span, statement))

    for statement in spec.statements:
        if id(statement) in skipped:
            continue
        match statement:
            case tree.Domain():
                declare(statement.name, Kind.DOMAIN, statement)
                for coordinate in statement.coordinates:
                    declare(coordinate.name, Kind.COORDINATE, statement)
            case tree.Time():
                declare(statement.name, Kind.TIME, statement)
            case tree.Param():
                declare(statement.name, Kind.PARAM, statement)
            case tree.Let():
                declare(statement.name, Kind.LET, statement)
            case tree.Unknown():
                for name in statement.names:
                    declare(name, Kind.UNKNOWN, statement)
            case tree.Shape():
                declare(statement.name, Kind.SHAPE, statement)
            case tree.Boundary():
                declare(statement.name, Kind.BOUNDARY, statement)
            case tree.Data():
                declare(statement.name, Kind.DATA, statement)
            case tree.Fit():
                declare(statement.name, Kind.FIT, statement)
            case tree.Vary():
                declare(statement.name, Kind.VARY, statement)
            case _:
                pass
    return found


def list_names_in(node: tree.Node) -> list[tree.Name]:
    """Return every name below a node of the tree, without recursion."""
    found: list[tree.Name] = []
    stack: list[object] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tree.Name):
            found.append(current)
        elif isinstance(current, tree.Node):
            stack.extend(getattr(current, f.name) for f in fields(current) if f.name != "span")
        elif isinstance(current, tuple):
            stack.extend(current)
    return found


def warn_unused(spec: tree.Tree, scope: Scope, faults: Faults) -> None:
    """Report declarations that no other statement names (W103), except in `use`d files."""
    users: dict[str, set[int]] = {}
    for statement in spec.statements:
        for name in list_names_in(statement):
            users.setdefault(name.name, set()).add(id(statement))
    for declaration in scope.names.values():
        if (
            declaration.kind in _WARNED_WHEN_UNUSED
            and declaration.span.source is spec.source
            and declaration.name not in scope.faulty
            and declaration.name not in scope.suggested
            and users.get(declaration.name, set()) <= {id(declaration.statement)}
        ):
            faults.add(
                "W103",
                f"`{declaration.name}` is declared and never used",
                declaration.span,
                f"{declaration.kind.value} that nothing names",
                help="remove it, or use it",
            )
