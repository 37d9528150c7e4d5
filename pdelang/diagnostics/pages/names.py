"""E101–E190: names, arguments, ranks and units."""

from __future__ import annotations

from pdelang.diagnostics.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E101",
        "unknown name",
        "A name is used that is declared nowhere in the spec and is not part of the language. The "
        "help names the nearest name of the kind that is expected at this place.\n\nDerivatives "
        "are `d` and names of coordinates: with coordinates `x` and `t` there are `dx(u)`, "
        "`dxt(u)`, `dtt(u)`. Where such a word can be read in two ways, write `d(u, x, t)`. The words "
        "`i`, `re`, `im`, `conj` and `arg` exist only where an unknown is complex.\n\nLooked up by kind are "
        "also the parts and regions after `on` and `in`, shapes and their sides, the name of the time "
        "after `at`, units in `[ ]`, the words `polar`, `cylindrical` and `spherical`, the components of a "
        "vector (`w.x`, named like the coordinates), data sets and their columns, and the coordinates of "
        "a `fit` field or a value elsewhere, `u(x = 0)`. A spec without `domain` and `time` is E101 too.",
        "unknown u\nin line: dt(u) = dxx(v)",
        "unknown u\nin line: dt(u) = dxx(u)",
    ),
    Entry(
        "E102",
        "name taken or reserved",
        "Two declarations give the same name, or a name is a word of the language: a statement "
        "word, one of `as where within rest if then else and or not vector complex pi n`, or `i` "
        "in a spec with complex unknowns.",
        "param in = 3",
        "param inflow = 3",
    ),
    Entry(
        "W103",
        "unused declaration",
        "A name is declared and never used, which often means that another name was meant "
        "somewhere. An `allow` that silences nothing is reported too. Declarations in files read "
        "with `use` are not.",
        "param nu = 0.01\nin line: dt(u) = dxx(u)",
        "param nu = 0.01\nin line: dt(u) = nu*dxx(u)",
    ),
    Entry(
        "E104",
        "circular definition",
        "A definition needs its own value, directly or through others.",
        "let a = b + 1\nlet b = 2*a",
        "let a = b + 1\nlet b = 2",
    ),
    Entry(
        "E105",
        "wrong arguments",
        "A function, an operator or a shape is given too many or too few arguments, an argument "
        "by a name that it does not have, or a value of the wrong form. The order of `besselj` and "
        "`bessely` is a constant. Of complex values `exp log sqrt abs sin cos tan sinh cosh tanh`, "
        "powers, `re im conj arg` and all derivatives are defined; other functions take real values.\n\n"
        "An integral over a range has one variable, `integral(e, s = a .. b)`; a value elsewhere names "
        "its coordinates, `u(x = 0)`. A table in `interp` covers the whole domain and all times. A global "
        "quantity takes `in = REGION` or `on = PART`, not both, and the time by its own name.\n\nShapes have "
        "arguments of their own: a range is not empty, a length is positive, a domain is bounded, and "
        "the two regions of an `interface` do not overlap. `polar` has at most two coordinates, "
        "`cylindrical` and `spherical` three, with angles of at most a full turn. The bounds of a `fit` "
        "enclose its first guess, and the `noise` of readings is positive.",
        "let f = atan2(x)",
        "let f = atan2(y, x)",
    ),
    Entry(
        "E106",
        "unknown setting or value",
        "A key of a `solver` or `output` block, or of `--set`, does not exist, or its value is of "
        "the wrong form or out of range.",
        "solver { tolerence = 1e-4 }",
        "solver { tolerance = 1e-4 }",
    ),
    Entry(
        "E107",
        "in the wrong place",
        "A word has no meaning where it stands: the normal `n` and `dn(u)` exist on the boundary "
        "only, `side` and `jump` on an interface only, and a `param` is a constant that cannot "
        "depend on coordinates or unknowns. Use `let` for a definition that does. Where only a `time` "
        "is declared there is no space for boundaries, means and gradients.\n\nOn an "
        "interface an unknown that both regions have needs one of these words: `side(u, a)` is "
        "`u` as seen from region `a`, `jump(u)` the other side minus the first. An unknown declared "
        "`in` a region exists there alone, and so do the equations and conditions about it.\n\nA column of a "
        "data set is known at its points only: it stands in `at DATA` conditions of that set. What is "
        "varied (`vary`) or fitted (`fit`) has no one value, so shapes, ranges, points and settings cannot "
        "depend on it. A `require` and a `report` are numbers: fields are wrapped in `mean`, `integral`, "
        "`max`, `min` or `value`, or given at a point, `u(x = 0)`.",
        "param f = 2*x",
        "let f = 2*x",
    ),
    Entry(
        "E110",
        "ranks do not agree",
        "A scalar, a vector or a tensor stands where another of them is needed: a scalar cannot "
        "be added to a vector, `div` needs a vector or a tensor, and a tuple needs one entry per "
        "space coordinate. Points have one number per space coordinate.\n\nA comparison is not a value: it "
        "stands after `if` and `where`. Complex numbers have no order. Where only a `time` is declared "
        "there are no vectors.",
        "unknown w: vector\non left: w = 0",
        "unknown w: vector\non left: w = (0, 0)",
    ),
    Entry(
        "W111",
        "transposed convection term",
        "With `grad(w)` as the matrix of ∂ w_j / ∂ x_i, `dot(grad(w), w)` is the gradient of half "
        "the square of `w`, not the convection of `w` by itself. The convection (w·∇)w is "
        "`adv(w, w)`.",
        "in cavity: dot(grad(w), w) + grad(p) = lap(w)/Re",
        "in cavity: adv(w, w) + grad(p) = lap(w)/Re",
    ),
    Entry(
        "E120",
        "units do not agree",
        "The two sides of an equation, or two summands, have different units, or the argument of "
        "a function such as `sin` is not dimensionless. Numbers are dimensionless, except 0, which "
        "fits any unit. Units that are not declared are inferred where they can be. Ranges, shapes, "
        "points and columns are numbers in the unit of their name; `[degC]` has a zero of its own, "
        "so differences of temperatures are declared in `[K]`.",
        "param a = 3 [m]\nparam b = 2 [s]\nlet c = a + b",
        "param a = 3 [m]\nparam b = 2 [m]\nlet c = a + b",
    ),
    Entry(
        "E190",
        "not supported yet",
        "The spec is right, and this version cannot solve it: the message names the construct, and "
        "the help what to write instead. Nothing is ignored silently, so the spec is refused as a whole.\n\n"
        "Refused are: `max` and `min` in equations over more than three space coordinates; values elsewhere, at "
        "places that vary, of an unknown that an interface splits into regions that are no boxes; "
        "beside `vary` fits that data and conditions determine together; `periodic` between "
        "parts that border on different regions; eigenproblems with a fitted field; "
        "third derivatives of the normal along curved parts.",
        "solver { method = lbfgs }",
        "solver { method = gauss_newton }",
    ),
)
