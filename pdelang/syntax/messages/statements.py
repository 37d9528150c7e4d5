"""E001, E014, E017, E018, E102: words, and what a statement is missing."""

from __future__ import annotations

from pdelang.syntax.messages.row import Row

UNEXPECTED = Row(
    "E001",
    "`{found}` cannot stand here",
    "not expected here",
    "{help}",
    ('problem "a" ‹+›', "let a = (3 ‹:› 4)", "boundary a = left where ‹where› x > 0"),
)
NEEDS_NAME = Row(
    "E001",
    "`{word}` needs {expected} here",
    "not expected here",
    "{help}",
    ("in ‹3›: u = 0", "time ‹[›0, 1]", "param ‹=› 3", 'data ‹"probes.csv"›', "let ‹2›x = 3"),
)
ENDS_EARLY = Row(
    "E018",
    "This `{word}` statement is not complete",
    "it ends here; {expected} is missing",
    "{help}",
    ("param nu =‹›", "let a = 2 +‹›", "in plate:‹›", "unknown‹›", "problem‹›", "time t‹›"),
)
NO_VALUE = Row(
    "E018",
    "A value is missing",
    "nothing stands here",
    "write an expression, such as `1e-4` or `0 .. 1`",
    (),
)
MISSPELT_WORD = Row(
    "E014",
    "No statement begins with `{found}`",
    "not a statement word",
    "did you mean `{near}`?",
    (
        "‹unknwon› u",
        "param a = 3\n‹parma› b = 4",
        "‹Unknown› u",
        "‹boundry› lid = plate.top",
    ),
)
NO_STATEMENT = Row(
    "E014",
    "No statement begins with `{found}`",
    "not a statement word",
    "begin with a word such as `domain`, `param`, `let`, `unknown`, `in`, `on` or `at`",
    (
        "param a = 3\n‹u› = 4",
        "‹(›3)",
        "‹dt›(u) = dxx(u)",
        "pde 1 ‹x›",
    ),
)
RESERVED_WORD = Row(
    "E102",
    "`{found}` is a reserved word and cannot be used as a name",
    "choose another name",
    "{help}",
    (
        "param ‹in› = 3",
        "unknown ‹time›",
        "unknown u, ‹data›, v",
        "let a = 2*‹vector›",
        "let a = ‹time›*2",
        "domain d(x, ‹on›) = box(x = 0 .. 1)",
        "param ‹rest› = 3",
        "let b = probes.‹data›",
    ),
)
TIME_AS_PLACE = Row(
    "E102",
    "An ordinary differential equation stands in the time by its name",
    "a reserved word, not a name",
    "write `in t: …` where the spec says `time t in 0 .. 10`",
    ("in ‹time›: dt(u) = -u",),
)
REST_AS_PART = Row(
    "E001",
    "The rest of the boundary needs a name of its own",
    "not after `{word}`",
    "write `boundary walls = rest`, and `walls` here",
    ("on ‹rest›: u = 0", "on left, ‹rest› as a: u = 0", "periodic ‹rest›, left"),
)
BOUNDARY_AS_PART = Row(
    "E102",
    "The whole boundary is called `edge`",
    "a statement word, not a part",
    "write `{word} edge`, or the name of a part",
    ("on ‹boundary›: u = 0", "on left, ‹boundary›: u = 0"),
)
UNKNOWN_KIND = Row(
    "E001",
    "`{found}` is not a kind of unknown",
    "neither `vector` nor `complex`",
    "write `vector` or `complex`; without a kind the unknown is a scalar",
    ("unknown u: ‹tensor›", "unknown u: ‹scalar›"),
)
UNKNOWN_ARGUMENTS = Row(
    "E001",
    "An unknown is written by its name alone",
    "arguments are not written",
    "write `{word} {before}`; it depends on the coordinates of the domain and on the time",
    ("unknown u‹(›x, t)", "exact u‹(›x, t) = sin(x)", "guess u‹(›x) = 3"),
)
NAMELESS_REPORT = Row(
    "E018",
    "A report needs a name of its own",
    "`=` belongs before this",
    "write `report my_number = {before}(…)`",
    ("report mean‹(›u)",),
)
NAME_MISSING = Row(
    "E018",
    "A name is needed here, not `{found}`",
    "not a name",
    "{help}",
    ("let f(x, ‹2›) = 3", "in plate as‹:› u = 0", "solver { ‹1e-3› }", "let a = b.‹(›x)"),
)
EQUATION_AS_PART = Row(
    "E001",
    "A part of the boundary is given by its name, not by an equation",
    "no equation here",
    "write `on left: …`, or name the part first, as in `boundary a = edge where x < 0.5`",
    ("on x ‹=› 0: u = 0", "on left, y ‹=› 0: u = 0"),
)
POINT_AS_LIST = Row(
    "E001",
    "A point is written in brackets",
    "not a list",
    "write the coordinates in order, as in `at (0.5, 0.5): …`",
    ("at x = 0.5‹,› y = 0.5: p = 0",),
)
EQUAL_FOR_IN = Row(
    "E006",
    "`{word}` takes its values after `in`",
    "write `in` here",
    "{help}",
    ("time t ‹=› 0 .. 1", "vary Re ‹=› 100 .. 400", "sweep nu ‹=› [1, 2]"),
)
FOREIGN_COMMENT = Row(
    "E014",
    "A comment begins with `#`",
    "not a comment sign of the language",
    "write `#`; the comment ends with its line",
    ("‹//› a note", "‹/*› a note */", "param a = 3 ‹//› a note"),
)
MISPLACED_WHERE = Row(
    "E001",
    "`where` limits a part in a `boundary` statement only",
    "not here",
    "name the part first, as in `boundary inlet = left where y > 0.5`, then write `on inlet: …`",
    ("on left ‹where› y > 0.5: u = 0", "in plate ‹where› y > 0.5: u = 0"),
)
NO_BRACES = Row(
    "E001",
    "The settings of `{word}` stand in braces",
    "`{{` is missing before this",
    "write `{word} {{ tolerance = 1e-4 }}`, with your settings inside",
    ("solver ‹tolerance› = 1e-4", "output ‹grid› = 101"),
)
NO_COORDINATES = Row(
    "E018",
    "The coordinates of this domain are missing",
    "name the coordinates before this",
    "write them after the name, as in `domain {before}(x, y) = …`",
    ("domain plate ‹=› box(x = 0 .. 1, y = 0 .. 1)",),
)
NO_COLON = Row(
    "E017",
    "The `:` after the place is missing",
    "`:` belongs here",
    "write `:` between `{word} …` and the equation",
    (
        "in plate‹› dt(u) = 0",
        "on left‹› u = 0",
        "on left, right as walls‹› u = 0",
        "at t = 0‹› u = sin(x)",
        "at (0.5)‹› p = 0",
        "on left‹› = 0",
    ),
)
NO_EQUATION_AFTER_PLACE = Row(
    "E018",
    "No equation follows this place",
    "`:` and an equation are missing",
    "write the equation that holds there, as in `{word} {before}: u = 0`",
    ("in plate‹›", "on left, right‹›", "at t = 0‹›", "at t‹›"),
)
NO_COLON_ALLOW = Row(
    "E017",
    "The `:` before the reason is missing",
    "`:` belongs here",
    'write `allow {code}: "the reason"`',
    ('allow W204‹› "by definition"',),
)
NO_REASON = Row(
    "E017",
    "`allow` needs a reason",
    "`:` and the reason are missing",
    'write `allow {code}: "why this warning may be ignored"`',
    ("allow W204‹›",),
)
