"""What can be said of a spec of which some statements could not be read.

The statements that were read are judged as ever, with two exceptions: names that stand in
broken text may have been declared there, and counts need every statement.
"""

from __future__ import annotations

from pdelang.semantics.derivative_words import read_derivative_word
from pdelang.semantics.functions import CALLABLE
from pdelang.semantics.scope import Scope
from pdelang.syntax import tree

# Without the coordinates no derivative, side or vector can be understood; a `use` may declare
# anything, and so may text without a statement word.
_INDISPENSABLE = frozenset({None, "domain", "time", "use"})


def can_be_judged(spec: tree.Tree) -> bool:
    """Return whether the statements that were read tell enough without the broken ones."""
    if not spec.statements:
        return False
    return not any(broken.word in _INDISPENSABLE for broken in spec.broken)


def excuse_broken_names(spec: tree.Tree, scope: Scope) -> None:
    """Mark the names that only broken text may declare: their uses are not reported again."""
    for broken in spec.broken:
        scope.faulty.update(
            name
            for name in broken.names
            if name not in scope.names
            and name not in CALLABLE
            and not read_derivative_word(name, scope.coordinates)
        )
