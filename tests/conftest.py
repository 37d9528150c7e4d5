"""Settings of the whole test run."""

import atexit
import gc
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import jaxlib
import pytest

from tests.cli_samples import QUICK_ARGUMENTS, run_cli, write_spec

# `(n, 1) - (n,)` silently gives `(n, n)`: forbidden here and in every process that tests start.
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
# Two workers share the machine; one thread each keeps them from fighting.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# The command line keeps compiled programs in the user's cache; tests leave that folder alone.
os.environ["PDELANG_CACHE_DIR"] = ""


# Most of the time of these tests is XLA's; what it compiles runs for milliseconds here.
QUICK_COMPILATION = {
    "xla_backend_optimization_level": "0",
    "xla_cpu_use_fusion_emitters": "false",
    "xla_cpu_parallel_codegen_split_count": "1",
}


def _select_flags(wanted: Mapping[str, str]) -> str:
    """Those of ``wanted`` that this XLA has, as it reads them: it ends the process at others."""
    known: set[str] = set()
    for library in Path(jaxlib.__file__).parent.glob("*.so*"):
        with (
            library.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            known.update(name for name in wanted if content.find(name.encode()) >= 0)
    return " ".join(f"--{name}={value}" for name, value in wanted.items() if name in known)


os.environ.setdefault("XLA_FLAGS", _select_flags(QUICK_COMPILATION))

# Many tests compile the same programs: one cache for this run, its workers and what they start.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    cache = tempfile.mkdtemp(prefix="pdelang-tests-")
    os.environ["JAX_COMPILATION_CACHE_DIR"] = cache
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    atexit.register(shutil.rmtree, cache, ignore_errors=True)


# Compiled programs and SymPy's caches stay until the end; to walk them often took a twentieth.
gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session")
def heat_artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifact that the command line wrote, to be read only."""
    folder = tmp_path_factory.mktemp("heat")
    spec = write_spec(folder)
    assert run_cli(["solve", spec, "--quiet", *QUICK_ARGUMENTS]) in (0, 1)
    return folder / "heat.solution"


@pytest.fixture(scope="module")
def without_pictures() -> Iterator[None]:
    """Artifacts of a module that looks at numbers alone: drawing takes a third of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pdelang.artifacts.save.draw_plots", lambda solution: iter(()))
        yield
