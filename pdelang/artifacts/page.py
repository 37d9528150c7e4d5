"""The pieces of a static HTML page: everything inside, no script, no font, no link that loads."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

_BROAD = 800  # pixels; on a phone such a picture is scrolled, not shrunk
_STYLE = """
:root { color-scheme: light; --line: #d8dee5; --soft: #5b6773; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2733; background: #fff; margin: 0 auto;
  max-width: 62rem; padding: 1.2rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.4rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem; padding-bottom: 0.2rem; border-bottom: 1px solid var(--line); }
p, ul, ol { margin: 0.5rem 0; } li { margin: 0.2rem 0; }
.status { display: inline-block; padding: 0.15rem 0.7rem; border-radius: 1rem; font-weight: 600; }
.good { background: #d9f0e6; color: #00563f; } .bad { background: #fbe3d6; color: #8a3800; }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.92rem; }
th, td { text-align: left; padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: middle; }
th { color: var(--soft); font-weight: 600; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.equations td { white-space: nowrap; }
math { font-size: 1.1rem; } td math { display: inline math; math-style: normal;
  margin: 0.25rem 0; }
.sketch { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: center; }
svg { max-width: 100%; height: auto; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 50%; margin-right: 0.5em; }
figure { margin: 1rem 0; overflow-x: auto; } figcaption { color: var(--soft); font-size: 0.9rem; }
img { max-width: 100%; height: auto; }
pre { background: #f5f7f9; padding: 0.8rem; overflow-x: auto; font-size: 0.85rem; line-height: 1.4; }
details { margin: 0.5rem 0; } summary { cursor: pointer; }
@media (max-width: 40rem) { body { padding: 0.8rem; font-size: 15px; } h1 { font-size: 1.35rem; }
  img.broad { max-width: none; width: 48rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; }
  figure, tr, svg { break-inside: avoid; } pre { white-space: pre-wrap; } }
"""


def write_page(title: str, body: Iterable[str]) -> str:
    """Return a whole page; ``body`` is HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def write_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0, name: str = ""
) -> str:
    """Return a table whose cells are HTML; the last ``numbers`` columns hold numbers."""
    first = len(head) - numbers
    lines = [
        "<tr>"
        + "".join(
            f"<td{' class=number' if k >= first else ''}>{cell}</td>" for k, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    ]
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    top = f"<thead><tr>{heads}</tr></thead>" if any(head) else ""
    return f'<div class="scroll {name}"><table>{top}<tbody>{"".join(lines)}</tbody></table></div>'


def write_list(items: Iterable[str]) -> str:
    """Return a list of texts."""
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def embed_picture(content: bytes, kind: str, caption: str) -> str:
    """Return a picture whose bytes stand in the page; ``kind`` is ``png`` or ``gif``."""
    # A PNG says its width in bytes 16 to 19, a GIF in 6 and 7.
    width = int.from_bytes(content[16:20]) if kind == "png" else 0
    broad = ' class="broad"' if width > _BROAD else ""
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<figure><img{broad} alt="{escape(caption)}" src="data:image/{kind};base64,{data}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
