"""E001, E005, E006, E015, E018: operators, ranges, lists and `if`."""

from __future__ import annotations

from pdelang.syntax.messages.row import Row

NUMBER_TIMES = Row(
    "E005",
    "An operator is missing between `{before}` and `{found}`",
    "a product is written with `*`",
    "write `{before}*{found}`{more}",
    ("let a = 2‹x›", "let a = 2 ‹pi›", "let a = 3‹(›x + 1)", "let a = 2 ‹sin›(x)"),
)
MISSING_OPERATOR = Row(
    "E005",
    "An operator is missing between `{before}` and `{found}`",
    "two values stand side by side",
    "write `{before}*{found}` for a product{more}",
    (
        "let a = x ‹y›",
        "let a = (x + 1)‹(›x - 1)",
        "in plate: u ‹dx›(u) = 0",
        "let a = x ‹2›",
        'let a = x ‹"b"›',
    ),
)
MISSING_OPERATOR_IN_LIST = Row(
    "E005",
    "An operator or a comma is missing between `{before}` and `{found}`",
    "two values stand side by side",
    "write `{before}, {found}` for two items, `{before}*{found}` for a product{more}",
    ("output { times = [0 ‹0.5› 1] }", "let a = max(x ‹y›)", "let a = (1 ‹0›)"),
)
NO_OPERAND = Row(
    "E001",
    "A value is missing between `{before}` and `{found}`",
    "needs a value on its left",
    "write the value, or take one of the two signs away",
    ("let a = 2 + ‹*› 3", "let a = ‹/›3", "param b = (2 * ‹)›", "let f = sin(x)*‹^›2"),
)
BRANCH_AFTER_VALUE = Row(
    "E001",
    "`if` stands before both of its values",
    "too late",
    "write `if … then … else …`",
    ("let f = 3 ‹if› x < 1 else 2",),
)
DOUBLED_SIGN = Row(
    "E001",
    "`{sign}` is not an operator",
    "not part of the language",
    "write `{instead}`",
    ("let f = a ‹&&› b", "boundary c = left where x > 0 ‹&&› y > 0"),
)
RANGE_MISPLACED = Row(
    "E006",
    "A range cannot stand here",
    "not expected here",
    "a range stands after `in` and `within`, and as an argument, as in `box(x = 0 .. 1)`",
    ("let a = 0 ‹..› 1", "param b = (0‹..›1)"),
)
DECIMAL_COMMA = Row(
    "E016",
    "A decimal point is written `.`",
    "a comma",
    "write `{before}.{after}`",
    ("param a = 1‹,›5",),
)
GROUPED_DIGITS = Row(
    "E016",
    "The digits of a number are not grouped",
    "not part of the number",
    "write `{number}`",
    ("param a = 1‹_000›", "param a = 12‹_000_000› + 1"),
)
NO_THEN = Row(
    "E018",
    "This `if` has no `then`",
    "`then` belongs here",
    "write `if … then … else …`",
    ("let a = if t < 1‹› 2 else 3", "let a = if t < 1‹›: 2"),
)
NO_ELSE = Row(
    "E018",
    "This `if` has no `else`",
    "`else` and its value are missing",
    "write the value for all other cases, as in `else 0`",
    ("let a = if t < 1 then 2‹›", "let a = (if t < 1 then 2‹›) + 1"),
)
LIST_FOR_RANGE = Row(
    "E006",
    "A range is written with two dots, not as a list",
    "a range is needed here",
    "write `{low} .. {high}`",
    (
        "time t in ‹[0, 1]›",
        "vary Re in ‹(100, 400)›",
        "fit D = 1 within ‹[0.1, 10]›",
    ),
)
NO_RANGE = Row(
    "E006",
    "A range is written `low .. high`",
    "`..` and the upper end are missing",
    "write two dots between the ends, as in `0 .. 1`",
    ("time t in 0‹›", "time t in 0‹,› 1", "vary Re in 100 ‹to› 400", "fit D = 1 within 0.1 ‹:› 10"),
)
NO_LIST = Row(
    "E006",
    "`sweep` takes a list of values",
    "not a list",
    "write the values in `[ ]`, as in `sweep nu in [0.1, 0.01]`",
    ("sweep nu in ‹0.1› .. 0.01", "sweep nu in ‹(›0.1, 0.01)"),
)
THREE_DOTS = Row(
    "E006",
    "A range has two dots",
    "too many dots",
    "write `..`",
    ("time t in 0 ‹...› 1", "param a = 1‹....›5"),
)
SEMICOLON = Row(
    "E015",
    "`;` is not part of the language",
    "not needed{more}",
    "take it away: statements and settings need nothing between them",
    ("param a = 3‹;›", "param a = 3‹;› param b = 4;\nparam c = 5;"),
)
TRAILING_COMMA = Row(
    "E015",
    "Nothing follows this comma",
    "the last item is missing",
    "take the comma away, or write what follows it",
    ("let a = (1, 2‹,›)", "output { times = [0, 1‹,›] }", "unknown u‹,›", "on left‹,›: u = 0"),
)
LEADING_COMMA = Row(
    "E015",
    "Nothing stands before this comma",
    "an item is missing",
    "take the comma away, or write what stands before it",
    ("let a = max(‹,› 2)", "let a = (1, ‹,› 2)", "unknown ‹,› u"),
)
MISSING_COMMA = Row(
    "E015",
    "A comma is missing between `{before}` and `{found}`",
    "`,` belongs before this",
    "write `{before}, {found}`",
    ("unknown u ‹v›", "domain d(x ‹y›) = interval(0, 1)"),
)
EXTRA_COMMA = Row(
    "E015",
    "The statement is complete before this comma",
    "nothing can be listed here",
    "write what follows as a statement of its own",
    ("on left: u = 0‹,› v = 0", "param a = 3‹,› b = 4", "let a = 1‹,›"),
)
