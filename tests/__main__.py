"""The test command: format, lint, types, tests. ``python -m tests`` runs all, and fails if one does."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("pytest", "-n", "2"),
)
# One core's work for a minute, of which nothing else needs the result: it runs beside the others.
BESIDE = ("pyright", "--pythonpath", sys.executable)


def main() -> int:
    failed = []
    with tempfile.TemporaryFile("w+") as output:
        beside = subprocess.Popen([sys.executable, "-m", *BESIDE], cwd=ROOT, stdout=output)
        for check in CHECKS:
            print(f"== {' '.join(check)}", flush=True)
            if subprocess.run([sys.executable, "-m", *check], cwd=ROOT).returncode != 0:
                failed.append(" ".join(check[:2]))
        print(f"== {' '.join(BESIDE)}", flush=True)
        if beside.wait() != 0:
            failed.append(BESIDE[0])
        output.seek(0)
        print(output.read(), end="")
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
