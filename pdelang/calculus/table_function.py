"""Tables as SymPy functions: each knows its derivatives, which are of the same kind."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from pdelang.calculus.function_table import ArrayFunctions
from pdelang.calculus.numeric_function import NumericFunction
from pdelang.semantics.grid_table import GridTable


class TableFunction(NumericFunction):
    """A derivative of a table; the subclasses that `table_function` makes have one each."""

    table: GridTable
    orders: tuple[int, ...]

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Return the derivative by an argument, counted from 1."""
        orders = list(self.orders)
        orders[argindex - 1] += 1
        return table_function(self.table, tuple(orders))(*self.args)  # type: ignore[return-value]

    def _eval_evalf(self, prec: int) -> sympy.Expr | None:
        if not all(argument.is_number for argument in self.args):
            return None
        arguments = [float(a) for a in self.args]  # type: ignore[arg-type]
        return sympy.Float(float(self.table.evaluate(arguments, self.orders, np)), prec)

    @classmethod
    def evaluate(cls, arguments: list[Any], functions: ArrayFunctions) -> Any:
        """Return the values at arguments of an array module."""
        return cls.table.evaluate(arguments, cls.orders, functions.module)


@lru_cache(maxsize=4096)
def table_function(table: GridTable, orders: tuple[int, ...]) -> type[TableFunction]:
    """Return the function class of ``∂^orders`` of a table."""
    stem = "".join(c if c.isalnum() else "_" for c in table.path.rpartition("/")[2])
    suffix = "".join(f"_{k}" for k in orders) if any(orders) else ""
    name = f"interp_{stem.removesuffix('_csv')}{suffix}"
    return type(name, (TableFunction,), {"table": table, "orders": orders, "nargs": len(orders)})
