"""Arguments of calls: how many, and by position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Span
from pdelang.semantics.constants import clip
from pdelang.semantics.orders import count_noun
from pdelang.syntax import tree

if TYPE_CHECKING:
    from pdelang.semantics.resolution import Resolver


def check_arguments(
    resolver: Resolver, call: tree.Call, least: int, most: int, defined: Span | None = None
) -> bool:
    name = call.function.name
    for argument in call.arguments:
        if argument.name is not None:
            resolver.faults.add(
                "E105",
                f"`{name}` takes its arguments by position, not by name",
                argument.span,
                "a named argument",
                help=f"write `{clip(argument.value.span.text)}` alone",
            )
            return False
        if isinstance(argument.value, tree.Range):
            resolver.faults.add(
                "E105", f"`{name}` takes values, not ranges", argument.span, "a range"
            )
            return False
    given = len(call.arguments)
    if least <= given <= most:
        return True
    wanted = count_noun(least, "argument") if least == most else f"{least} or more arguments"
    resolver.faults.add(
        "E105",
        f"`{name}` takes {wanted}, and here {'is' if given == 1 else 'are'} {given}",
        call.span,
        count_noun(given, "argument"),
        related=[Related(defined, "defined here")] if defined else [],
    )
    return False
