"""Measured points: ``data probes = csv("probes.csv", x = "x_m", T = "rise_K", noise = 0.01)``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from pdelang.semantics.columns import list_noises
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.expression import Rank
from pdelang.semantics.files import read_text
from pdelang.semantics.located import Extent
from pdelang.semantics.measured import DataSet
from pdelang.semantics.places import CONSTANT
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.scope import Kind
from pdelang.semantics.tables import LARGEST_TABLE, read_rows
from pdelang.syntax import tree


@dataclass(slots=True)
class DataReader:
    """Reads the `data` statements of one spec; ``directory`` is where the tables lie."""

    resolver: Resolver
    folder: Folder
    extent: Extent
    directory: Path | None
    sets: dict[str, DataSet] = field(default_factory=dict)

    def read(self) -> None:
        """Read every table; report E020, E030, E105, E260. Faulty ones count as reported."""
        scope = self.resolver.scope
        for name in scope.names_of({Kind.DATA}):
            statement = scope.names[name].statement
            assert isinstance(statement, tree.Data)
            found = None if name in scope.faulty else self._read_one(statement)
            if found is None:
                scope.faulty.add(name)
            else:
                self.sets[name] = found

    def _read_one(self, statement: tree.Data) -> DataSet | None:
        call, faults = statement.table, self.resolver.faults
        if not isinstance(call, tree.Call) or call.function.name != "csv":
            faults.add(
                "E105", "`data` takes a table", call.span, "not a table",
                help='write `csv("probes.csv", x = "x", u = "u")`',
            )  # fmt: skip
            return None
        layout = self._read_layout(call)
        if layout is None:
            return None
        path, heads, noises = layout
        coordinates = (*self.resolver.scope.coordinates, *self.resolver.scope.varied)
        missing = [c for c in coordinates if c not in heads]
        if missing:
            faults.add(
                "E260",
                f"the data set `{statement.name.name}` has no column for "
                + ", ".join(f"`{c}`" for c in missing),
                call.span,
                "the points are not known",
                help="add " + ", ".join(f'`{c} = "{c}"`' for c in missing),
            )
            return None
        columns = tuple(heads)
        wanted = [heads[c] for c in (*coordinates, *columns)]
        tabulated = [n for n in dict.fromkeys(noises.values()) if isinstance(n, tree.String)]
        wanted += tabulated
        text = read_text(path.value, path.span, self.directory, "table", LARGEST_TABLE, faults)
        rows = None if text is None else read_rows(text, path, wanted, self.resolver, "E260")
        if rows is None:
            return None
        d, m = len(coordinates), len(columns)
        deviations = self._list_deviations(
            columns,
            {
                name: [row[d + m + tabulated.index(n)] for row in rows]
                if isinstance(n, tree.String)
                else [n] * len(rows)
                for name, n in noises.items()
            },
            len(rows),
        )
        found = DataSet(
            statement.name.name,
            path.value,
            columns,
            tuple(row[:d] for row in rows),
            tuple(row[d : d + m] for row in rows),
            deviations,
            statement.span,
        )
        for name, n in noises.items():
            place = columns.index(name)
            least = min((row[place] for row in deviations or ()), default=1.0)
            if least <= 0.0:
                faults.add(
                    "E105",
                    "the readings' standard deviation `noise` is not positive",
                    n.span if isinstance(n, tree.String) else call.span,
                    f"the least is {least:g}",
                    help="leave `noise` out where it is not known",
                )
                return None
        return found if self.extent.check_table(found, statement.span) else None

    def _list_deviations(
        self, columns: tuple[str, ...], noises: dict[str, list[float]], count: int
    ) -> tuple[tuple[float, ...], ...] | None:
        """Return the deviations of all columns in base units, as residuals are, ``(count, columns)``."""
        if not noises:
            return None
        units = self.resolver.units
        table: list[list[float]] = []
        for name in columns:
            factor = 1.0 if units is None else float(units.conversion(name).factor)
            own = noises.get(name)
            table.append([math.nan] * count if own is None else [factor * value for value in own])
        return tuple(zip(*table, strict=True))

    def _read_layout(
        self, call: tree.Call
    ) -> tuple[tree.String, dict[str, tree.String], dict[str, tree.String | float]] | None:
        """Return the file's name, the head of every column and the noise of those of readings."""
        faults = self.resolver.faults
        path: tree.String | None = None
        heads: dict[str, tree.String] = {}
        given: dict[str | None, tree.String | float] = {}
        owners = list_noises(call)
        coordinates = (*self.resolver.scope.coordinates, *self.resolver.scope.varied)
        sound = True
        for argument in call.arguments:
            match argument:
                case tree.Argument(name=None, value=tree.String() as string) if path is None:
                    path = string
                case tree.Argument(name=tree.Name(name=name, span=span), value=value) if (
                    name in owners
                ):
                    if owners[name] in coordinates:
                        faults.add(
                            "E105",
                            f"`{owners[name]}` is a coordinate: only readings have a noise",
                            span,
                            "not of a reading",
                            help="remove it",
                        )
                        sound = False
                        continue
                    if isinstance(value, tree.String):
                        given[owners[name]] = value
                        continue
                    typed = self.resolver.resolve(value, CONSTANT)
                    if typed is None or not self.resolver.ranks.require_rank(
                        typed, Rank.SCALAR, "`noise` is a scalar"
                    ):
                        sound = False
                        continue
                    number = self.folder.fold(typed)
                    if number is None:
                        sound = False
                    else:
                        given[owners[name]] = number
                case tree.Argument(name=tree.Name(name=name, span=span), value=tree.String() as s):
                    if name in heads:
                        faults.add(
                            "E105", f"the column of `{name}` is given twice", span,
                            "the second column", help="remove one of them",
                        )  # fmt: skip
                        sound = False
                    heads.setdefault(name, s)
                case _:
                    faults.add(
                        "E105",
                        "`csv` takes a file name and column heads, and "
                        f"`{clip(argument.span.text)}` is neither",
                        argument.span,
                        "not a column",
                        help='write a column as `x = "its head"`',
                    )
                    sound = False
        if path is None and sound:
            faults.add(
                "E105", "`csv` needs the name of its file", call.span, "no file",
                help='write `csv("probes.csv", …)`',
            )  # fmt: skip
            return None
        if path is None or not sound:
            return None
        readings = [name for name in heads if name not in coordinates]
        own = {name: given.get(name, given.get(None)) for name in readings}
        return path, heads, {name: n for name, n in own.items() if n is not None}
