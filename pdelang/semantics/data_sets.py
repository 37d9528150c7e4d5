"""Measured points: ``data probes = csv("probes.csv", x = "x_m", T = "rise_K", noise = 0.01)``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pdelang.semantics.columns import NOISE
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
        path, heads, noise = layout
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
        if isinstance(noise, tree.String):
            wanted.append(noise)
        text = read_text(path.value, path.span, self.directory, "table", LARGEST_TABLE, faults)
        rows = None if text is None else read_rows(text, path, wanted, self.resolver, "E260")
        if rows is None:
            return None
        d, m = len(coordinates), len(columns)
        deviations = (
            None if noise is None
            else tuple(r[d + m] for r in rows) if isinstance(noise, tree.String)
            else (noise,) * len(rows)
        )  # fmt: skip
        units = self.resolver.units
        if deviations is not None and units is not None:
            # Residuals are in base units, readings in those of their names.
            factors = {float(units.conversion(c).factor) for c in columns if c not in coordinates}
            if len(factors) > 1:
                faults.add(
                    "E190",
                    "`noise` for columns in different units is not supported yet",
                    call.span,
                    "not supported yet",
                    help="give every quantity a data set of its own",
                )
                return None
            deviations = tuple(d * factor for d in deviations for factor in factors)
        found = DataSet(
            statement.name.name,
            path.value,
            columns,
            tuple(row[:d] for row in rows),
            tuple(row[d : d + m] for row in rows),
            deviations,
            statement.span,
        )
        if deviations is not None and min(deviations) <= 0.0:
            faults.add(
                "E105",
                "the readings' standard deviation `noise` is not positive",
                noise.span if isinstance(noise, tree.String) else call.span,
                f"the least is {min(deviations):g}",
                help="leave `noise` out where it is not known",
            )
            return None
        return found if self.extent.check_table(found, statement.span) else None

    def _read_layout(
        self, call: tree.Call
    ) -> tuple[tree.String, dict[str, tree.String], tree.String | float | None] | None:
        """Return the file's name, the head of every column and the noise."""
        faults = self.resolver.faults
        path: tree.String | None = None
        heads: dict[str, tree.String] = {}
        noise: tree.String | float | None = None
        sound = True
        for argument in call.arguments:
            match argument:
                case tree.Argument(name=None, value=tree.String() as string) if path is None:
                    path = string
                case tree.Argument(name=tree.Name(name=name), value=value) if name == NOISE:
                    if isinstance(value, tree.String):
                        noise = value
                        continue
                    typed = self.resolver.resolve(value, CONSTANT)
                    if typed is None or not self.resolver.ranks.require_rank(
                        typed, Rank.SCALAR, "`noise` is a scalar"
                    ):
                        sound = False
                        continue
                    noise = self.folder.fold(typed)
                    sound &= noise is not None
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
        return (path, heads, noise) if sound and path is not None else None
