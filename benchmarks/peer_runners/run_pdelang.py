"""``pdelang solve SPEC`` as users type it, from a cold compilation cache; options are passed on.

The second solve runs in one process with a first, so that nothing is compiled in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from answer import Answer, Request, Times, serve

import pdelang

# A first solve that took longer than this is not repeated.
REPEATED_BELOW = 15.0
# Its stages get shares of the time limit: below this, its default, a busy machine cuts off what it
# would find. It ends by itself long before.
LEAST_LIMIT = 300.0


def solve(request: Request) -> Answer:
    spec = str(request.problem.spec)
    limit = max(request.seconds, LEAST_LIMIT)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "solution")
        command = [sys.executable, "-m", "pdelang", "solve", spec, "-o", str(target)]
        command += ["--quiet", "--format", "json", *request.options]
        command += ["--time-limit", str(limit), "--set", f"seed={request.seed}"]

        output = subprocess.run(
            command,
            env={**os.environ, "PDELANG_CACHE_DIR": str(Path(folder, "cache"))},
            capture_output=True,
            text=True,
            check=False,
        )
        if output.returncode not in (0, 1):
            raise RuntimeError(output.stderr)
        record = json.loads(output.stdout)
        solution = pdelang.load(target)
        columns = dict(zip(request.problem.coordinates, request.points.T, strict=True))
        values = np.asarray(solution.u(**columns))
    stages = record["seconds_by_stage"]
    took = stages.pop("solve")
    again, used = repeat_solve(request) if took < REPEATED_BELOW else (None, None)
    settings = f"{record['method']}, {record['status']}"
    if record["error_estimate"]:
        settings += f", estimated {max(record['error_estimate'].values()):.0e}"
    return Answer(values, Times(sum(stages.values()), took, again, used), settings)


def repeat_solve(request: Request) -> tuple[float, float]:
    """Solve twice in this process and return the wall and CPU seconds of the second.

    The known solution is taken out of the spec: to measure the true error is no part of solving.
    """
    given = request.options[request.options.index("--tol") + 1] if request.options else None
    tolerance = None if given is None else float(given)
    limit = max(request.seconds, LEAST_LIMIT)
    lines = request.problem.spec.read_text("utf-8").splitlines(keepends=True)
    problem = pdelang.compile(
        "".join(line for line in lines if not line.startswith(("exact ", "compare ")))
    )
    problem.solve(tolerance=tolerance, seed=request.seed, time_limit=limit)
    began, used = time.perf_counter(), time.process_time()
    problem.solve(tolerance=tolerance, seed=request.seed, time_limit=limit)
    return time.perf_counter() - began, time.process_time() - used


serve(solve)
