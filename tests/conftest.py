"""Settings of the whole test run."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cli_samples import QUICK_ARGUMENTS, run_cli, write_spec

# `(n, 1) - (n,)` silently gives `(n, n)`: forbidden here and in every process that tests start.
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
# Two workers share the machine; one thread each keeps them from fighting.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# The command line keeps compiled programs in the user's cache; tests leave that folder alone.
os.environ["PDELANG_CACHE_DIR"] = ""


# Most of the time of these tests is XLA's; what it compiles runs for milliseconds here.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

# Many tests compile the same programs: one cache for this run, its workers and what they start.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    cache = tempfile.mkdtemp(prefix="pdelang-tests-")
    os.environ["JAX_COMPILATION_CACHE_DIR"] = cache
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    atexit.register(shutil.rmtree, cache, ignore_errors=True)


@pytest.fixture(scope="session")
def heat_artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifact that the command line wrote, to be read only."""
    folder = tmp_path_factory.mktemp("heat")
    spec = write_spec(folder)
    assert run_cli(["solve", spec, "--quiet", *QUICK_ARGUMENTS]) in (0, 1)
    return folder / "heat.solution"
