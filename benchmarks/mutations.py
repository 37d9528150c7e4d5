"""Damaged and random specs through the whole of `check`: what they end in, how long, how much memory.

    python benchmarks/mutations.py [--count 100000] [--chunk 5000] [--kept mutations.jsonl]
        [--faults FOLDER]

Two in three are specs of the gallery and of the tests with one to four slips (tokens swapped, dropped,
repeated or replaced by those of other specs, lines doubled or left out); the others are random bytes,
random words, pieces of specs and shuffled words. A damaged spec that draws diagnostics that none before
it drew joins those that are damaged further, so that the search moves towards what is rare. Every chunk
has its number as its seed and a process of its own; one that stands in the table ``--kept`` is not run
again. A text that raises anything, or takes more than 20 s of the processor, is a fault, and is written
to ``--faults``.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 20
"""Seconds of the processor that a check may take; the longest of the gallery's takes half a second."""
RANDOM_SHARE = 1 / 3


class TooLongError(Exception):
    """A check did not end in time."""


def _stop(*_: object) -> None:
    raise TooLongError


def run_chunk(seed: int, count: int, faults: Path | None) -> dict[str, object]:
    """Check ``count`` texts in this process; return counts, the slowest, and the largest memory in MiB."""
    sys.path.insert(0, str(ROOT))
    from pdelang import pipeline
    from pdelang.diagnostics.message import has_errors
    from pdelang.diagnostics.render import render_text
    from tests.noise import CASES, damage, list_tokens, noise

    specs = [p.read_text("utf-8") for p in sorted(ROOT.glob("specs/*.pde"))]
    specs += [p.read_text("utf-8") for p in sorted(CASES.glob("*/*.pde"))]
    bag, generator = list_tokens(specs), random.Random(seed)
    others = noise(seed, count)
    seen: set[tuple[str, ...]] = set()
    ends: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    slowest, slowest_text = 0.0, ""
    signal.signal(signal.SIGPROF, _stop)
    for number in range(count):
        is_random = generator.random() < RANDOM_SHARE
        text = next(others) if is_random else damage(generator.choice(specs), generator, bag)
        text += "\n"
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        try:
            result = pipeline.check(text)
            render_text(result.diagnostics, color=False)
        except Exception:
            ends["fault"] += 1
            if faults is not None:
                faults.mkdir(parents=True, exist_ok=True)
                (faults / f"{seed}-{number}.pde").write_text(text, encoding="utf-8")
                (faults / f"{seed}-{number}.txt").write_text(traceback.format_exc(), "utf-8")
            continue
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        taken = time.process_time() - began
        if taken > slowest:
            slowest, slowest_text = taken, text
        found = tuple(sorted({d.code for d in result.diagnostics}))
        codes.update(found)
        ends["errors" if has_errors(result.diagnostics) else "sound"] += 1
        if not is_random and found not in seen:
            seen.add(found)
            specs.append(text)
    return {
        "seed": seed,
        "count": count,
        "ends": dict(ends),
        "codes": dict(codes),
        "kinds": len(seen),
        "seconds": round(time.process_time(), 1),
        "slowest": round(slowest, 2),
        "slowest_text": slowest_text,
        "memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--chunk", type=int, default=5000)
    parser.add_argument("--kept", type=Path, help="a table of chunks run before")
    parser.add_argument("--faults", type=Path, help="where texts that fail are written")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(run_chunk(arguments.one, arguments.chunk, arguments.faults)))
        return
    kept: dict[int, dict] = {}
    table: Path | None = arguments.kept
    if table is not None and table.exists():
        lines = table.read_text("utf-8").splitlines()
        kept = {line["seed"]: line for line in map(json.loads, lines)}
    chunks = []
    for seed in range(-(-arguments.count // arguments.chunk)):
        if seed not in kept:
            command = [
                sys.executable,
                __file__,
                "--one",
                str(seed),
                "--chunk",
                str(arguments.chunk),
            ]
            if arguments.faults is not None:
                command += ["--faults", str(arguments.faults)]
            line = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            kept[seed] = json.loads(line)
            if table is not None:
                with table.open("a", encoding="utf-8") as file:
                    file.write(line)
        chunks.append(kept[seed])
        told = {k: v for k, v in kept[seed].items() if k not in ("codes", "slowest_text")}
        print(told, flush=True)
    ends, codes = Counter(), Counter()
    for chunk in chunks:
        ends.update(chunk["ends"])
        codes.update(chunk["codes"])
    print(
        f"{sum(ends.values())} texts: {dict(ends)}; {len(codes)} codes: {dict(codes.most_common())}"
    )
    print(
        f"slowest {max(c['slowest'] for c in chunks)} s, memory {max(c['memory'] for c in chunks)} MiB, "
        f"{sum(c['seconds'] for c in chunks):.0f} s of processor time"
    )
    if ends["fault"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
