"""Malformed texts, the same for the same seed: random ones, and specs with a few slips."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pdelang.diagnostics.span import Source
from pdelang.syntax.lexicon import KEYWORDS
from pdelang.syntax.scanner import scan

CASES = Path(__file__).parent / "cases"
SPECS = [path.read_text(encoding="utf-8") for path in sorted((CASES / "language").glob("*.pde"))]
SIGNS = [*"()[]{}:,=.+-*/&^<>;∂²·'\"#\\\n\t ", "..", "**", "==", "1", "2.5", "x", "u", '"a"']
WORDS = [*SIGNS, *sorted(KEYWORDS)]
TOKEN = re.compile(r'"[^"]*"|\w+(?:\.\d+)?|\.\.|[<>=!]=|\S|\n')


def random_bytes(generator: random.Random) -> str:
    size = generator.randrange(200)
    return generator.randbytes(size).decode(generator.choice(["latin-1", "utf-16-le"]), "replace")


def random_words(generator: random.Random) -> str:
    return " ".join(generator.choice(WORDS) for _ in range(generator.randrange(40)))


def truncated_spec(generator: random.Random) -> str:
    spec = generator.choice(SPECS)
    start = generator.choice([0, 0, generator.randrange(len(spec))])
    return spec[start : generator.randrange(len(spec))]


def spec_with_slips(generator: random.Random) -> str:
    spec = list(generator.choice(SPECS))
    for _ in range(generator.randrange(1, 6)):
        place = generator.randrange(len(spec))
        spec[place : place + generator.randrange(3)] = generator.choice(WORDS)
    return "".join(spec)


def shuffled_words(generator: random.Random) -> str:
    words = [lexeme.value for lexeme in scan(Source("<spec>", generator.choice(SPECS)))]
    if generator.random() < 0.5:
        generator.shuffle(words)
    else:
        for _ in range(3):
            i, j = generator.randrange(len(words)), generator.randrange(len(words))
            words[i], words[j] = words[j], words[i]
    return generator.choice([" ", "\n"]).join(words)


MAKERS = [random_bytes, random_words, truncated_spec, spec_with_slips, shuffled_words]


def noise(seed: int, count: int) -> Iterator[str]:
    """Yield ``count`` malformed texts; the same seed gives the same texts."""
    generator = random.Random(seed)
    for number in range(count):
        yield MAKERS[number % len(MAKERS)](generator)


def list_tokens(texts: Sequence[str]) -> list[str]:
    """Return the tokens of some texts, each once: what `damage` puts in other places."""
    return sorted({token for text in texts for token in TOKEN.findall(text) if token != "\n"})


def damage(text: str, generator: random.Random, bag: Sequence[str]) -> str:
    """Swap, drop, repeat or replace tokens within lines, so that the syntax often survives."""
    lines = [TOKEN.findall(line) for line in text.splitlines()]
    for _ in range(generator.randint(1, 4)):
        line = generator.choice(lines) if lines else []
        if len(line) < 2 or line[0] == "pde":
            continue
        at = generator.randrange(1, len(line))
        match generator.randrange(5):
            case 0:
                line[at] = generator.choice(bag)
            case 1:
                other = generator.randrange(1, len(line))
                line[at], line[other] = line[other], line[at]
            case 2:
                del line[at]
            case 3:
                lines.append(list(line))
            case _:
                lines.remove(line)
    return "\n".join(" ".join(line) for line in lines)
