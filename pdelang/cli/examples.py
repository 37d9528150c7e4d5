"""What `pdelang COMMAND --help` shows at its end."""

from __future__ import annotations

EXAMPLES = {
    name: "\b\nExamples:\n" + "\n".join(f"  pdelang {line}" for line in lines)
    for name, lines in {
        "solve": (
            "solve heat.pde",
            "solve heat.pde --tol 1e-6 -o results/heat",
            "solve burgers.pde --method adam --set steps=20000 --time-limit 600",
            "solve burgers.pde --resume",
        ),
        "check": ("check heat.pde", "check *.pde --deny-warnings --format json"),
        "fmt": ("fmt heat.pde", "fmt *.pde --check"),
        "verify": (
            "verify heat.pde",
            "verify heat.pde --tol 1e-8 --format json",
            "verify heat.pde --against spectral",
            "verify l_shape.pde --against fem",
        ),
        "ntk": ("ntk wave.pde --set conditions=soft", "ntk wave.solution -o kernel.png"),
        "eval": (
            "eval heat.solution --at x=0.5,t=1",
            "eval heat.solution --points in.csv -o out.csv",
        ),
        "show": ("show heat.solution",),
        "compress": (
            "compress heat.solution",
            "compress heat.solution --tol 1e-4 -o small.solution",
        ),
        "plot": (
            "plot heat.solution -o heat.png",
            "plot heat.solution --time 0,0.5,1 --size 8x5 -o heat.pdf",
            "plot flow.solution --field w.x --slice x=0.5 -o profile.svg",
            "plot drum.solution --kind animation -o drum.mp4",
            "plot wave.solution --kind spectra",
        ),
        "export": (
            "export heat.solution --to netcdf",
            "export flow.solution --to vtk --grid 201,101 -o flow.vtu",
            "export heat.solution --to stablehlo -o heat.stablehlo",
        ),
        "emit": ("emit heat.pde --stage system", "emit heat.pde --stage python"),
        "explain": ("explain E201",),
        "new": ("new", "new plate --from poisson"),
        "bench": ("bench", "bench specs/*.pde --time-limit 60"),
    }.items()
}
