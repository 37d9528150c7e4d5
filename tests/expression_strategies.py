"""Random expression trees, without places, for tests that print and read them."""

from __future__ import annotations

from hypothesis import strategies as st

from pdelang.diagnostics.span import Source, Span
from pdelang.syntax import tree
from pdelang.syntax.lexicon import KEYWORDS
from pdelang.syntax.parser import parse_value

NOWHERE = Span(Source("<made>", ""), 0, 0)
names = (
    st.one_of(
        st.sampled_from(["x", "y", "t", "u", "w", "pi", "n"]),
        st.from_regex(r"[a-zα-ω_]\w{0,3}", fullmatch=True),
    )
    .filter(lambda text: text.isidentifier() and text not in KEYWORDS)
    .filter(lambda text: read_name(text) == text)
    .map(lambda text: tree.Name(NOWHERE, text))
)


def read_name(text: str) -> str | None:
    """Return the name that a text is read as, if it is one."""
    value, diagnostics = parse_value(Source("<name>", text))
    return value.name if isinstance(value, tree.Name) and not diagnostics else None


numbers = st.one_of(
    st.integers(0, 10**20).map(str),
    st.floats(0, 1e300, allow_nan=False).map(repr),
    st.sampled_from(["1.", ".5", "0.10", "2e3"]),
).map(lambda text: tree.Number(NOWHERE, text))
strings = st.text(
    st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=6
).map(lambda text: tree.String(NOWHERE, text))
OPERATORS = ["+", "-", "*", "/", "^", "&", "<", "<=", ">", ">=", "==", "!=", "and", "or"]


def _compound(inner: st.SearchStrategy[tree.Expression]) -> st.SearchStrategy[tree.Expression]:
    ranges = st.builds(tree.Range, st.just(NOWHERE), inner, inner)
    argument_names = (
        st.none() | names | st.sampled_from(["in", "on"]).map(lambda text: tree.Name(NOWHERE, text))
    )
    arguments = st.builds(tree.Argument, st.just(NOWHERE), argument_names, inner | ranges)
    return st.one_of(
        st.builds(tree.Unary, st.just(NOWHERE), st.sampled_from(["-", "+", "not"]), inner),
        st.builds(tree.Binary, st.just(NOWHERE), st.sampled_from(OPERATORS), inner, inner),
        st.builds(tree.Conditional, st.just(NOWHERE), inner, inner, inner),
        st.builds(tree.Member, st.just(NOWHERE), inner, names),
        st.builds(
            tree.Call,
            st.just(NOWHERE),
            names,
            st.lists(arguments, max_size=3).map(tuple),
            st.none() | inner,
        ),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda items: tree.Tuple(NOWHERE, tuple(items))
        ),
        st.lists(inner, max_size=3).map(lambda items: tree.List(NOWHERE, tuple(items))),
    )


expressions = st.recursive(st.one_of(names, numbers, strings), _compound, max_leaves=12)
