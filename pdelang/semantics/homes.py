"""Where statements hold and where the unknowns in them exist: what does not fit is E107."""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.diagnostics.message import Related
from pdelang.semantics.boundary import Part
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.domain import Domain
from pdelang.semantics.expression import Aggregate, Expression, Jump, Sided, UnknownReference
from pdelang.semantics.faults import Faults
from pdelang.semantics.layout import choose_unknowns, list_unknowns_in
from pdelang.semantics.partition import Partition
from pdelang.semantics.pieces import scan_piece
from pdelang.semantics.resolved import Statements
from pdelang.semantics.traversal import children, post_order


def check_homes(
    domain: Domain,
    statements: Statements,
    unknowns: Sequence[Unknown],
    partition: Partition,
    faults: Faults,
) -> bool:
    """Report (E107) statements about unknowns where these do not exist; return whether all is well."""
    if not partition.regions:
        return True
    sound = True
    for equation in statements.equations:
        for unknown in choose_unknowns(list_unknowns_in(equation.left, equation.right), unknowns):
            cells = partition.cells_in(equation.regions)
            if all(partition.lives(unknown, cell) for cell in cells):
                continue
            home = unknown.home
            where = ", ".join(r.name for r in equation.regions) or domain.name
            faults.add(
                "E107",
                f"`{unknown.name}` exists in `{home}` alone, and this equation holds in `{where}`",
                equation.span,
                f"`{unknown.name}` does not exist everywhere here",
                related=[Related(unknown.span, "declared here")],
                help=f"write `in {home}: …`, and another equation without `{unknown.name}` elsewhere",
            )
            sound = False
    for condition in statements.boundary_conditions:
        names = list_unknowns_in(condition.left, condition.right)
        chosen = choose_unknowns(names, unknowns)
        limited = [u for u in chosen if u.is_limited]
        if limited and not any(
            _reaches(part, domain, limited, partition) for part in condition.parts
        ):
            home = limited[0].home
            parts = ", ".join(part.name for part in condition.parts)
            faults.add(
                "E107",
                f"`{limited[0].name}` exists in `{home}` alone, which {parts} does not border on",
                condition.span,
                f"`{limited[0].name}` does not exist here",
                related=[Related(limited[0].span, "declared here")],
                help="name a part of that region's edge; an inner one is an `interface`",
            )
            sound = False
    for start in statements.initial_conditions:
        chosen = choose_unknowns(list_unknowns_in(start.left, start.right), unknowns)
        if not partition.groups(partition.everywhere, chosen):
            faults.add(
                "E107",
                "the unknowns of this condition exist nowhere together",
                start.span,
                "in regions without a common point",
                help="write one condition for each",
            )
            sound = False
    if not sound:
        return False
    is_ambiguous = _find_ambiguous(statements, unknowns, partition, faults)
    return not _find_one_sided(statements, unknowns, partition, faults) and not is_ambiguous


def _reaches(part: Part, domain: Domain, unknowns: Sequence[Unknown], partition: Partition) -> bool:
    """Say whether all of some unknowns exist at a point of a part, on an interface on any side of it."""
    if part.interface is not None:
        cells = partition.cells_in(part.interface)
        return all(any(partition.lives(u, c) for c in cells) for u in unknowns)
    for piece in part.pieces:
        cells = set(partition.cells_at(scan_piece(piece, domain)).tolist()) - {-1}
        if any(all(partition.lives(u, c) for u in unknowns) for c in cells):
            return True
    return False


def _find_ambiguous(
    statements: Statements, unknowns: Sequence[Unknown], partition: Partition, faults: Faults
) -> bool:
    """Report (E107) an unknown on an interface that does not say from which side; return whether any."""
    found = False
    for condition in statements.boundary_conditions:
        bare = _list_bare(condition.left, condition.right)
        for part in condition.parts:
            if part.interface is None:
                continue
            for unknown in choose_unknowns(bare, unknowns):
                lives = [
                    any(partition.lives(unknown, c) for c in partition.cells_in((region,)))
                    for region in part.interface
                ]
                if not all(lives):
                    continue
                names = [region.name for region in part.interface]
                faults.add(
                    "E107",
                    f"`{unknown.name}` has two sides on {part.name}, and this condition does not say which",
                    condition.span,
                    "seen from which side?",
                    related=[Related(part.span, f"between `{names[0]}` and `{names[1]}`")],
                    help=f"write `jump({unknown.name})`, `side({unknown.name}, {names[0]})` "
                    f"or `side({unknown.name}, {names[1]})`",
                )
                found = True
    return found


def _find_one_sided(
    statements: Statements, unknowns: Sequence[Unknown], partition: Partition, faults: Faults
) -> bool:
    """Report (E107) an unknown seen from a side where it does not exist; return whether any is."""
    found = False
    for condition in statements.boundary_conditions:
        regions = [r for part in condition.parts for r in part.interface or ()]
        for node in post_order(condition.left, condition.right):
            if not isinstance(node, Sided | Jump):
                continue
            sides = (node.region,) if isinstance(node, Sided) else regions
            for unknown in choose_unknowns(list_unknowns_in(node.operand), unknowns):
                absent = [
                    side
                    for side in sides
                    if not any(partition.lives(unknown, c) for c in partition.cells_in((side,)))
                ]
                if not absent:
                    continue
                home = unknown.home
                faults.add(
                    "E107",
                    f"`{unknown.name}` exists in `{home}` alone, and is seen from `{absent[0].name}` here",
                    node.span,
                    f"`{unknown.name}` does not exist on that side",
                    related=[Related(unknown.span, "declared here")],
                    help=f"write `side({unknown.name}, {home})`, or `{unknown.name}` alone",
                )
                found = True
    return found


def _list_bare(*roots: Expression) -> tuple[str, ...]:
    """Return the unknowns that stand outside every ``side`` and ``jump``."""
    found: set[str] = set()
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if id(node) in seen or isinstance(node, Sided | Jump | Aggregate):
            continue
        seen.add(id(node))
        if isinstance(node, UnknownReference):
            found.add(node.name)
        stack.extend(children(node))
    return tuple(sorted(found))
