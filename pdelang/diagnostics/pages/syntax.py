"""E001–E030: the text itself."""

from __future__ import annotations

from pdelang.diagnostics.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E001",
        "unexpected word or sign",
        "A word or a sign stands where the statement cannot go on with it. The help shows a right "
        "form of the statement.\n\nIf the statement looks right, look at the end of the one before "
        "it: newlines carry no meaning, so an unfinished statement runs on into the next line.",
        "unknown w: tensor",
        "unknown w: vector",
    ),
    Entry(
        "E002",
        "bracket never closed",
        "A bracket is opened and the statement ends before it is closed. The mark stands under "
        "the innermost bracket that is open.",
        "let f = sin(pi*x",
        "let f = sin(pi*x)",
    ),
    Entry(
        "E003",
        "closing bracket without an opening one",
        "A closing bracket stands where no bracket is open.",
        "let f = sin(pi*x))",
        "let f = sin(pi*x)",
    ),
    Entry(
        "E004",
        "brackets of different kinds",
        "A bracket is closed by one of another kind. `( )` group and hold arguments, `[ ]` hold "
        "lists and units, `{ }` hold settings.",
        "let f = sin(pi*x]",
        "let f = sin(pi*x)",
    ),
    Entry(
        "E005",
        "missing operator between two values",
        "Two values stand side by side. There is no implicit multiplication: a product is written "
        "with `*`, so that `2x`, `f (x)` and `u dx(u)` cannot be misread.",
        "let f = 2 pi x",
        "let f = 2*pi*x",
    ),
    Entry(
        "E006",
        "range or list expected",
        "An interval is a range, written with two dots: `0 .. 1`. A list, `[0, 1]`, is a number of "
        "separate values. `time`, `vary`, `within` and the sides of a `box` take ranges; `sweep` "
        "takes a list.",
        "time t in [0, 1]",
        "time t in 0 .. 1",
    ),
    Entry(
        "E007",
        "`=` and `==` confused",
        "`=` states an equation or a definition. `==`, like `<` and `>`, compares two values and "
        "belongs after `if` and `where`. An inequality cannot be required to hold.",
        "on left: u == 0",
        "on left: u = 0",
    ),
    Entry(
        "E008",
        "missing or second `=`",
        "An equation has two sides, joined by one `=`; so has a definition. An expression alone "
        "does not say what it equals: write `= 0` if that is meant.",
        "in plate: lap(u) + f",
        "in plate: lap(u) + f = 0",
    ),
    Entry(
        "E009",
        "file of another language",
        "The file looks like a FlexPDE script or a Python program. A spec begins with `pde 1` and "
        "consists of statements such as `domain`, `unknown`, `in`, `on` and `at`.",
        "TITLE 'Heat'\nVARIABLES u\nEQUATIONS div(grad(u)) = 0",
        "pde 1\ndomain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\nin plate: lap(u) = 0",
    ),
    Entry(
        "E010",
        "edition missing or unknown",
        "Every file begins with `pde 1`, the edition of the language it is written in. Files that "
        "are read with `use` begin with it too. It stands once.",
        "domain line(x) = interval(0, 1)",
        "pde 1\ndomain line(x) = interval(0, 1)",
    ),
    Entry(
        "E011",
        "text never closed",
        'A text begins with `"` and has no second `"` on its line. Inside a text, write `\\"` for a '
        "quotation mark.",
        'problem "Heat in a rod',
        'problem "Heat in a rod"',
    ),
    Entry(
        "E012",
        "character that is not part of the language",
        "Names may have letters of any script, so `ν` and `θ` are fine; signs are those of the "
        "keyboard. `²`, `·`, `∂`, `∇` and the long minus sign are written `^2`, `*`, `dx(u)`, "
        "`grad(u)` and `-`. Characters that cannot be seen, which come along when text is copied, "
        "are reported by their number.",
        "in rod: ∂u = D·∇²u",
        "in rod: dt(u) = D*lap(u)",
    ),
    Entry(
        "E013",
        "indexing",
        "Nothing is indexed by number. A component of a vector is written with the name of its "
        "coordinate, `w.x`, and the value at a point is `value(u, (0.5, 0.5))`.",
        "on left: w[0] = 1",
        "on left: w.x = 1",
    ),
    Entry(
        "E014",
        "not a statement",
        "A statement begins with one of the statement words: `problem`, `domain`, `time`, `param`, "
        "`let`, `unknown`, `in`, `on`, `at` and so on. Where the word resembles one of them, the "
        "help names it. An equation needs a word that says where it holds.",
        "unknwon u",
        "unknown u",
    ),
    Entry(
        "E015",
        "comma or semicolon out of place",
        "Items of a list are separated by single commas, with none at the end. Statements are not "
        "separated at all: each begins with a word of its own.",
        "unknown u, v,",
        "unknown u, v",
    ),
    Entry(
        "E016",
        "malformed number",
        "A number has one decimal point at most: `1`, `0.5`, `.5`, `1e-3`. Two dots without blanks "
        "make a range, as in `0..1`.",
        "param a = 1.2.3",
        "param a = 1.23",
    ),
    Entry(
        "E017",
        "missing colon",
        "After the place where an equation holds stands a colon: `in plate: …`, `on left: …`, "
        "`at t = 0: …`. `allow` has one before its reason.",
        "on left u = 0",
        "on left: u = 0",
    ),
    Entry(
        "E018",
        "incomplete statement",
        "The statement ends before it is complete: a value, a name or an equation is missing. An "
        "`if` always has a `then` and an `else`, because its value is needed everywhere.",
        "let f = if x < 1 then 2",
        "let f = if x < 1 then 2 else 0",
    ),
    Entry(
        "E019",
        "unit malformed or out of place",
        "A unit stands in `[ ]` at the end of a declaration and is a product of powers of names: "
        "`[m^2/s]`, `[W/(m K)]`, `[1/s]`, `[1]`. Numbers inside an expression are dimensionless; "
        "give a quantity a name with `param` to give it a unit.",
        "let f = 3 [m] * 2",
        "param a = 3 [m]\nlet f = 2*a",
    ),
    Entry(
        "E020",
        "too large, nested too deep, or overflow",
        "A spec is smaller than 1 MB and has fewer than 200 brackets inside each other; data "
        "belong in tables. A constant must be a finite number: `9^9^9^9` is not.",
        "param a = 9^9^9^9",
        "param a = 9^9",
    ),
    Entry(
        "E030",
        "file cannot be used",
        "A file that the spec names is missing, lies outside the folder of the spec, cannot be "
        "read as a table, or includes itself through `use`. Paths are relative to the spec and "
        "stay below its folder, so that a spec and its folder can be moved together.",
        'use "../materials.pde"',
        'use "materials.pde"',
    ),
)
