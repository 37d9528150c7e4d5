"""E201–E220: conditions, counted."""

from __future__ import annotations

from pdelang.diagnostics.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E201",
        "missing condition on the boundary",
        "A part of the boundary has fewer conditions for an unknown than the order of its equation "
        "asks for. With k the highest derivative across the part, an even k needs k/2 conditions "
        "on every part; an odd k of three or more, in one dimension, needs (k-1)/2 or (k+1)/2 at "
        "each end and k in all; k of one or zero needs none.\n\nThere is no default condition: an "
        "insulated side is written `dn(u) = 0`. All gaps are listed; `pdelang check` shows them as "
        "a table.\n\nWhere two regions with equations of their own meet, an `interface` between "
        "them needs k conditions for an unknown that both have, such as `jump(u) = 0` and "
        "`jump(k*dn(u)) = 0`, and k/2 for one that exists on one side only.",
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = 1\non left: u = 0",
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = 1\non left: u = 0\n"
        "on right: dn(u) = 0",
    ),
    Entry(
        "E202",
        "nothing is selected",
        "A boundary part or a region has no points: a `where` that is never true, a shape outside "
        "the domain, an `interface` between regions that do not touch, or a `rest` of which "
        "nothing is left, as where every side is periodic. A point of a condition or a `value`, and a time, "
        "lie in the domain. A value elsewhere, `u(x = 2*x)` or one under an "
        "integral, that leaves the domain selects nothing either.",
        "boundary inlet = left where y > 2",
        "boundary inlet = left where y > 0.5",
    ),
    Entry(
        "E203",
        "too many conditions on the boundary",
        "A part of the boundary has more conditions for an unknown than the order of its equation "
        "allows. Value and flux together on one part of an elliptic problem are Cauchy data: no "
        "solution exists for most of them, and where one does it depends on them wildly.",
        "on left: u = 0\non left: dn(u) = 1",
        "on left: u = 0\non right: dn(u) = 1",
    ),
    Entry(
        "W204",
        "values disagree where parts meet",
        "Two parts of the boundary give one unknown different values at the point where they "
        "meet, so the solution jumps there. If that is meant, as in a lid-driven cavity, say so "
        "with `allow`.",
        "on lid: u = 1\non walls: u = 0",
        'on lid: u = 1\non walls: u = 0\nallow W204: "the lid slides past the walls"',
    ),
    Entry(
        "W205",
        "parts overlap",
        "Two boundary parts share points, so both sets of conditions hold there.",
        "boundary a = left where y < 0.6\nboundary b = left where y > 0.4",
        "boundary a = left where y < 0.5\nboundary b = left where y >= 0.5",
    ),
    Entry(
        "E206",
        "derivative of too high an order in a condition",
        "A condition on the boundary holds a derivative of the order of the equation or higher; "
        "the equation itself already says what such a derivative is.",
        "in line: dxx(u) = 1\non left: dxx(u) = 0",
        "in line: dxx(u) = 1\non left: dx(u) = 0",
    ),
    Entry(
        "E210",
        "wrong number of initial conditions",
        "An unknown needs as many conditions at the start as its highest time derivative in any "
        "equation: one for `dt(u)`, the value; two for `dtt(u)`, the value and the speed. An "
        "unknown without a time derivative, such as a pressure, takes none.",
        "in line: dtt(u) = dxx(u)\nat t = 0: u = sin(pi*x)",
        "in line: dtt(u) = dxx(u)\nat t = 0: u = sin(pi*x)\nat t = 0: dt(u) = 0",
    ),
    Entry(
        "W211",
        "initial and boundary data disagree",
        "At the start of time the initial condition has another value at the boundary than the "
        "boundary condition. The solution is rough there at first, and hard to find accurately.",
        "on left: u = 1\nat t = 0: u = sin(pi*x)",
        "on left: u = 0\nat t = 0: u = sin(pi*x)",
    ),
    Entry(
        "E212",
        "wrong time",
        "A condition `at t = …` names a time that is not the start of the interval, or the time "
        "is used in a problem without a `time` statement. An equation that runs backwards from "
        "its end is written in the time to go, tau = T - t.",
        "time t in 0 .. 1\nat t = 1: u = 0",
        "time t in 0 .. 1\nat t = 0: u = 0",
    ),
    Entry(
        "E220",
        "equations and unknowns do not match",
        "Counted by component, there are more or fewer equations than unknowns. A vector equation "
        "counts once per coordinate. `param`, `fit` and `vary` are not unknowns: a varied parameter is "
        "an argument of the solution, a fitted one is found from data; conditions on "
        "the boundary are not equations. They are counted at every point, so region by region: "
        "`in a: …` and `in b: …` are one equation in each of the two regions, and an equation "
        "on the whole domain counts in all of them.",
        "unknown u, v\nin line: dxx(u) = v",
        "unknown u, v\nin line: dxx(u) = v\nin line: dxx(v) = 0",
    ),
)
