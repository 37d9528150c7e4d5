"""W221–I270: what is known of the problem as a whole."""

from __future__ import annotations

from pdelang.diagnostics.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "W221",
        "fixed up to a constant only",
        "The equations and conditions hold for the unknown and for the unknown plus any constant, "
        "as for a pressure in a closed vessel. Fix the constant by a global condition or at a "
        "point.",
        "in cavity: adv(w, w) + grad(p) = lap(w)/Re\nin cavity: div(w) = 0\non edge: w = (0, 0)",
        "in cavity: adv(w, w) + grad(p) = lap(w)/Re\nin cavity: div(w) = 0\non edge: w = (0, 0)\n"
        "require mean(p) = 0",
    ),
    Entry(
        "W222",
        "source and flux do not balance",
        "Every condition prescribes a flux, and what the source produces is not what leaves "
        "through the boundary; then no steady solution exists. Looked for in equations of the form "
        "div(a grad u) + f = 0.",
        "in plate: lap(u) = 1\non edge: dn(u) = 0\nrequire mean(u) = 0",
        "in plate: lap(u) = 0\non edge: dn(u) = 0\nrequire mean(u) = 0",
    ),
    Entry(
        "W230",
        "ill-posed problem",
        "Small changes of the data change the solution without bound: heat conduction backwards "
        "in time, a prescribed value where pure advection flows out, or initial data for an "
        "equation that is elliptic in time.",
        "in line: dt(u) = -dxx(u)",
        "in line: dt(u) = dxx(u)",
    ),
    Entry(
        "I231",
        "type of an equation",
        "A remark of `pdelang check`, not a fault: the equation is elliptic, parabolic, hyperbolic, a constraint "
        "without second derivatives or time, or of mixed type. An ordinary differential equation has none of these types.",
        "in line: dtt(u) = dxx(u)",
        "in t: dtt(u) = -u",
    ),
    Entry(
        "W240",
        "kink or jump that is differentiated",
        "An expression with a kink, such as `abs`, `max` or `if`, is differentiated twice, or one "
        "with a jump, such as `sign`, `heaviside` or `if … then 1 else 2`, once. Derivatives are "
        "taken where they exist, so what the kink or the jump adds to them is lost: a conductivity "
        "that jumps inside `div` loses the condition on the flux.",
        "in line: dt(u) = dxx(abs(u))",
        "in line: dt(u) = dxx(sqrt(u^2 + 1e-4))",
    ),
    Entry(
        "E250",
        "`exact` does not solve the problem",
        "Put into an equation or a condition, the function given as exact leaves a residual, "
        "which the message shows. Either the function or the equation has a slip.",
        "in line: dxx(u) = sin(pi*x)\nexact u = sin(pi*x)",
        "in line: dxx(u) = -pi^2*sin(pi*x)\nexact u = sin(pi*x)",
    ),
    Entry(
        "E260",
        "fit not determined",
        "Nothing in the problem determines the value to be fitted: it needs data, a `require` or "
        "more conditions than the equations ask for. An eigenvalue needs a `require`, or "
        "another demand that zero does not meet, which fixes the size of the mode; a linear problem in time whose "
        "start, boundary and sources are all zero has no other solution than zero. Also reported: data outside the domain, and columns that the "
        "table does not have.",
        "fit lam = 10 within 1 .. 15\nin ell: -lap(u) = lam*u\non edge: u = 0",
        "fit lam = 10 within 1 .. 15\nin ell: -lap(u) = lam*u\non edge: u = 0\n"
        "require integral(u^2) = 1",
    ),
    Entry(
        "I270",
        "scales far apart",
        "A remark, not a fault: quantities of the problem differ in size by more than a factor of "
        "a thousand. The note shows the scaled form that is solved; results are in your own "
        "units all the same.",
        "domain rod(x) = interval(0, 1e-3)\ntime t in 0 .. 1e4",
        "domain rod(x) = interval(0, 1)\ntime t in 0 .. 10",
    ),
)
