"""Ranges, lists, operators and branches."""

from __future__ import annotations

from pdelang.diagnostics.message import Diagnostic
from pdelang.syntax.failure import Failure
from pdelang.syntax.lexeme import VALUE_ENDS, VALUE_STARTS, Lexeme
from pdelang.syntax.messages import brackets, values

_OPERATORS = frozenset(
    {"PLUS", "MINUS", "STAR", "SLASH", "POWER", "AMPERSAND", "COMPARISON", "AND", "OR"}
)


def missing_range(f: Failure) -> Diagnostic | None:
    if f.found_type == "DOTDOT" and f.before_type in VALUE_ENDS:
        return values.RANGE_MISPLACED.report(f.place)
    if "DOTDOT" in f.accepted and f.found_type == "COLON" and "EQUAL" not in f.accepted:
        return values.NO_RANGE.report(f.place)
    if "DOTDOT" not in f.accepted or f.opened:
        return None
    opening = f.opening_of_last()
    if opening and f.lexemes[opening - 1].type in ("IN_CLAUSE", "WITHIN"):
        whole = f.lexemes[opening].span.to(f.lexemes[f.index - 1].span)
        low, high = _two_items(f.lexemes[opening + 1 : f.index - 1])
        return values.LIST_FOR_RANGE.report(whole, {"low": low, "high": high})
    if f.word.type in ("TIME", "VARY") or f.last_outer("WITHIN"):
        return values.NO_RANGE.report(f.place)
    return None


def _two_items(lexemes: tuple[Lexeme, ...]) -> tuple[str, str]:
    commas = [i for i, lexeme in enumerate(lexemes) if lexeme.type == "COMMA"]
    if len(commas) != 1 or not 0 < commas[0] < len(lexemes) - 1:
        return "0", "1"
    low, high = lexemes[: commas[0]], lexemes[commas[0] + 1 :]
    return low[0].span.to(low[-1].span).text, high[0].span.to(high[-1].span).text


def missing_list(f: Failure) -> Diagnostic | None:
    if f.word.type == "SWEEP" and f.found and f.accepted == {"LSQB"}:
        return values.NO_LIST.report(f.place)
    return None


def comma(f: Failure) -> Diagnostic | None:
    if f.before_type == "COMMA" and f.before and f.found_type != "COMMA":
        is_end = f.found is None or f.found.type in ("RPAR", "RSQB", "RBRACE", "COLON", "AS")
        return values.TRAILING_COMMA.report(f.before.span) if is_end else None
    if f.found_type != "COMMA":
        return None
    if "$END" in f.accepted:
        following = f.at(f.index + 1)
        if following and _is_decimal_comma(f.before, f.found, following):
            fields = {"before": f.before_text, "after": following.value}
            return values.DECIMAL_COMMA.report(f.place, fields)
        return values.EXTRA_COMMA.report(f.place)
    if f.before_type not in VALUE_ENDS:
        return values.LEADING_COMMA.report(f.place)
    return None


def _is_decimal_comma(before: Lexeme | None, sign: Lexeme | None, after: Lexeme) -> bool:
    if before is None or sign is None:
        return False
    are_numbers = before.type == "NUMBER" and after.type == "NUMBER"
    return are_numbers and before.touches(sign) and sign.touches(after)


def missing_comma(f: Failure) -> Diagnostic | None:
    follows_value = f.found_type in VALUE_STARTS and f.before_type in VALUE_ENDS
    if follows_value and "COMMA" in f.accepted and "STAR" not in f.accepted:
        return values.MISSING_COMMA.report(f.place, f.pair)
    return None


def branch(f: Failure) -> Diagnostic | None:
    follows_value = f.before_type in VALUE_ENDS and f.found_type not in _OPERATORS
    if follows_value and "THEN" in f.accepted:
        return values.NO_THEN.report(f.gap)
    if follows_value and "ELSE" in f.accepted:
        return values.NO_ELSE.report(f.gap)
    return None


def doubled_sign(f: Failure) -> Diagnostic | None:
    is_doubled = f.found_type == f.before_type == "AMPERSAND"
    if is_doubled and f.before and f.found and f.before.touches(f.found):
        whole = f.before.span.to(f.found.span)
        return values.DOUBLED_SIGN.report(whole, {"sign": "&&", "instead": "and"})
    return None


def grouped_digits(f: Failure) -> Diagnostic | None:
    if f.before_type != "NUMBER" or f.before is None or f.found is None:
        return None
    digits = f.found.value.replace("_", "")
    is_group = f.found.value.startswith("_") and digits.isdecimal()
    if is_group and f.before.touches(f.found):
        return values.GROUPED_DIGITS.report(f.place, {"number": f.before_text + digits})
    return None


def missing_operator(f: Failure) -> Diagnostic | None:
    if f.found_type not in VALUE_STARTS or f.before_type not in VALUE_ENDS:
        return None
    if "STAR" not in f.accepted:
        return None
    if f.found_type == "IF":
        return values.BRANCH_AFTER_VALUE.report(f.place)
    if f.before_type == "NUMBER" and f.found_type in ("NAME", "LPAR") and not _listed(f):
        is_last = f.index == len(f.lexemes) - 1
        takes_unit = f.word.type in ("PARAM", "FIT") and is_last and f.found_text != "pi"
        unit = f", or `{f.before_text} [{f.found_text}]` for a unit" if takes_unit else ""
        return values.NUMBER_TIMES.report(f.place, {**f.pair, "more": unit})
    if not _listed(f):
        is_name = f.before_type == "NAME" and f.found_type in ("NAME", "NUMBER")
        applied = f", or `{f.before_text}({f.found_text})` for a function of it" if is_name else ""
        return values.MISSING_OPERATOR.report(f.place, {**f.pair, "more": applied})
    named = f", or `{f.before_text} = {f.found_text}` for an argument by name"
    more = named if "EQUAL" in f.accepted else ""
    return values.MISSING_OPERATOR_IN_LIST.report(f.place, {**f.pair, "more": more})


def _listed(f: Failure) -> bool:
    return bool(f.opened) and f.opened[-1].type != "LBRACE" and "COMMA" in f.accepted


def missing_operand(f: Failure) -> Diagnostic | None:
    if f.before is None or f.found is None or "NUMBER" not in f.accepted:
        return None
    if f.before_type == "LPAR" and f.found_type == "RPAR":
        return brackets.EMPTY_BRACKETS.report(f.before.span.to(f.found.span))
    ends = ("RPAR", "RSQB", "RBRACE", "THEN", "ELSE", "EQUAL", "COMMA", "DOTDOT", "COLON")
    if f.found_type in _OPERATORS or f.found_type in ends:
        return values.NO_OPERAND.report(f.place, f.pair)
    return None
