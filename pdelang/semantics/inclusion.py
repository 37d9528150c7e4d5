"""``use "materials.pde"``: declarations of other files, spliced in where they are named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from pdelang.diagnostics.message import Diagnostic, Related
from pdelang.diagnostics.span import Source, Span
from pdelang.semantics.faults import Faults
from pdelang.semantics.files import locate_file, read_text
from pdelang.semantics.sweep import write_statement
from pdelang.syntax import tree
from pdelang.syntax.parser import parse

_LARGEST_FILE = 1_000_000
_DEEPEST_USE = 50


def include(spec: tree.Tree, folder: Path | None) -> tuple[tree.Tree, tuple[Diagnostic, ...]]:
    """Return the spec with the statements of `use`d files after each `use`.

    A file is read once, however often it is named. Names are relative to the file that
    names them, and no file outside ``folder`` is read. Every statement keeps its own
    source. Reports E030 and the syntax errors of the files read.
    """
    if not any(isinstance(statement, tree.Use) for statement in spec.statements):
        return spec, ()
    inclusion = _Inclusion(spec, folder.resolve() if folder is not None else None)
    statements = inclusion.splice(spec, Path(), ())
    return replace(spec, statements=tuple(statements)), inclusion.faults.all


@dataclass(slots=True)
class _Inclusion:
    spec: tree.Tree
    root: Path | None
    faults: Faults = field(default_factory=Faults)
    read: set[Path] = field(default_factory=set)

    def splice(
        self, spec: tree.Tree, below: Path, chain: tuple[tuple[Path, Span], ...]
    ) -> list[tree.Statement]:
        """``below`` is the file's folder relative to the root; ``chain`` the files being read."""
        statements: list[tree.Statement] = []
        for statement in spec.statements:
            statements.append(statement)
            if isinstance(statement, tree.Use):
                statements.extend(self._read(statement, spec, below, chain))
        return statements

    def _read(
        self,
        statement: tree.Use,
        user: tree.Tree,
        below: Path,
        chain: tuple[tuple[Path, Span], ...],
    ) -> list[tree.Statement]:
        span = statement.path.span
        name = str(below / statement.path.value)
        path = locate_file(name, span, self.root, "file", self.faults)
        if path is None or self.root is None:
            return []
        for earlier, place in chain:
            if earlier == path:
                self.faults.add(
                    "E030",
                    f"`{statement.path.value}` uses itself, directly or through others",
                    span,
                    "closes a circle",
                    related=[Related(place, "the circle begins here")],
                    help="move the common declarations into a file of their own",
                )
                return []
        if len(chain) >= _DEEPEST_USE:
            self.faults.add(
                "E020", f"files use each other more than {_DEEPEST_USE} deep", span, "too deep"
            )
            return []
        if path in self.read:
            return []
        self.read.add(path)
        text = read_text(name, span, self.root, "file", _LARGEST_FILE, self.faults)
        if text is None:
            return []
        if text == self.spec.source.text:
            # The spec itself has no path here: it is known by its text.
            self.faults.add(
                "E030", "the spec uses itself", span, "closes a circle", help="remove this line"
            )
            return []
        shown = str(Path(user.source.name).parent / statement.path.value)
        parsed, diagnostics = parse(Source(shown, text))
        if not parsed.statements or not isinstance(parsed.statements[0], tree.Edition):
            self.faults.add(
                "E030",
                f"the file `{statement.path.value}` does not begin with `pde 1`",
                span,
                "not a spec",
                help="make `pde 1` its first statement",
            )
            return []
        self.faults.extend(diagnostics)
        folder = path.parent.relative_to(self.root)
        return self.splice(parsed, folder, (*chain, (path, span)))


def write_inlined(spec: tree.Tree) -> str:
    """Return the spec as one text: each `use` replaced by the text of the file it names.

    Comments are kept, and a sweep is written with the value chosen. The result analyses to the same problem.
    """
    seen = {id(spec.source)}
    cuts: dict[int, list[tuple[Span, Source | str | None]]] = {}
    for index, statement in enumerate(spec.statements):
        source = statement.span.source
        seen.add(id(source))
        if isinstance(statement, tree.Use):
            following = spec.statements[index + 1 : index + 2]
            new = [s.span.source for s in following if id(s.span.source) not in seen]
            cuts.setdefault(id(source), []).append((statement.span, new[0] if new else None))
        elif isinstance(statement, tree.SweptParam):
            cuts.setdefault(id(source), []).append((statement.span, write_statement(statement)))
            if (hidden := statement.hidden) is not None:
                cuts.setdefault(id(hidden.span.source), []).append((hidden.span, None))
        elif isinstance(statement, tree.Edition) and source is not spec.source:
            cuts.setdefault(id(source), []).append((statement.span, None))
    return _write_source(spec.source, cuts)


def _write_source(source: Source, cuts: dict[int, list[tuple[Span, Source | str | None]]]) -> str:
    written: list[str] = []
    position = 0
    for span, inner in sorted(cuts.get(id(source), []), key=lambda cut: cut[0].start):
        written.append(source.text[position : span.start])
        if isinstance(inner, str):
            written.append(inner)
        elif inner is not None:
            written.append("\n" + _write_source(inner, cuts).strip("\n") + "\n")
        position = span.end
    written.append(source.text[position:])
    return "".join(written).removeprefix("\ufeff")
