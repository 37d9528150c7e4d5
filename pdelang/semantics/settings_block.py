"""Reading settings: the ``solver`` and ``output`` blocks, and ``--set key=value``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pdelang.diagnostics.message import Related
from pdelang.diagnostics.span import Source, Span
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.domain import TimeInterval
from pdelang.semantics.expression import Rank
from pdelang.semantics.faults import Faults
from pdelang.semantics.places import CONSTANT
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.settings import (
    LARGEST_VTK_DIMENSION,
    OUTPUT_RULES,
    SOLVER_RULES,
    Choice,
    ChoiceRule,
    ListRule,
    NumberRule,
    OutputSettings,
    Rule,
    Settings,
    Value,
    WordRule,
)
from pdelang.semantics.settings_conflicts import SettingsConflicts
from pdelang.syntax import tree
from pdelang.syntax.parser import parse_value

_OVERRIDE = "--set"


@dataclass(slots=True)
class SettingsReader:
    """Reads values by the rules of `settings`; reports E106, E102."""

    resolver: Resolver
    folder: Folder

    @property
    def faults(self) -> Faults:
        return self.resolver.faults

    def read_solver(
        self,
        spec: tree.Tree,
        overrides: Mapping[str, str],
        axes: int,
        time: TimeInterval | None,
    ) -> Settings:
        blocks = [s for s in spec.statements if isinstance(s, tree.Solver)]
        values = self._read_blocks(blocks, SOLVER_RULES, "solver")
        for key, text in overrides.items():
            source = Source(_OVERRIDE, f"{key}={text}")
            value = self._parse_override(key, text, source)
            if value is not None:
                self._read_one(value[0], value[1], SOLVER_RULES, "solver", values)
        if values.get("windows") == "auto":
            del values["windows"]
        places = self._places(blocks, overrides)
        SettingsConflicts(self.faults, values, places).report(spec, axes, time)
        return replace(Settings(), **values)

    def _places(
        self, blocks: Iterable[tree.Solver], overrides: Mapping[str, str]
    ) -> dict[str, Span]:
        places = {s.key.name: s.key.span for b in blocks for s in b.settings}
        for key, text in overrides.items():
            places[key] = Span(Source(_OVERRIDE, f"{key}={text}"), 0, len(key))
        return places

    def read_output(self, spec: tree.Tree, axes: int, time: TimeInterval | None) -> OutputSettings:
        blocks = [s for s in spec.statements if isinstance(s, tree.Output)]
        values = self._read_blocks(blocks, OUTPUT_RULES, "output")
        places = {s.key.name: s.value.span for b in blocks for s in b.settings}
        grid = values.get("grid")
        if grid is not None and len(grid) == 1:
            values["grid"] = grid * axes
        elif grid is not None and axes and len(grid) != axes:
            self.faults.add(
                "E106",
                f"`grid` takes one count or one for each of the {axes} coordinates",
                places["grid"],
                f"{len(grid)} counts",
            )
        for value in values.get("times") or ():
            if time is None:
                self.faults.add(
                    "E212",
                    "`times` are given, and the problem is steady",
                    places["times"],
                    "no time is declared",
                )
                break
            if not time.bounds.low_value <= value <= time.bounds.high_value:
                self.faults.add(
                    "E106",
                    f"the time {value:g} lies outside {time.bounds.low_value:g} .. {time.bounds.high_value:g}",
                    places["times"],
                    "not in the time interval",
                    related=[Related(time.span, "the time interval")],
                )
                break
        space = axes - (time is not None)
        if "vtk" in (values.get("formats") or ()) and space > LARGEST_VTK_DIMENSION:
            self.faults.add(
                "E106",
                f"VTK holds at most three space coordinates, and the domain has {space}",
                places["formats"],
                "vtk cannot hold this solution",
                help="write `formats = netcdf`",
            )
        if values.get("plots") == ("none",):
            values["plots"] = ()
        return replace(OutputSettings(), **values)

    # -------------------------------------------------------------- blocks

    def _read_blocks(
        self,
        blocks: Iterable[tree.Solver | tree.Output],
        rules: Mapping[str, Rule],
        block: str,
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        firsts: dict[str, tree.Setting] = {}
        for statement in blocks:
            for setting in statement.settings:
                key = setting.key.name
                if key in firsts:
                    self.faults.add(
                        "E102",
                        f"`{key}` is set twice",
                        setting.key.span,
                        "the second value",
                        related=[Related(firsts[key].span, "the first")],
                        help="remove one of them",
                    )
                    continue
                firsts[key] = setting
                self._read_one(setting.key, setting.value, rules, block, values)
        return values

    def _parse_override(
        self, key: str, text: str, source: Source
    ) -> tuple[tree.Name, tree.Expression] | None:
        from pdelang.diagnostics.span import Span

        value, diagnostics = parse_value(Source(f"{_OVERRIDE} {key}", text))
        self.faults.extend(diagnostics)
        if value is None:
            return None
        return tree.Name(Span(source, 0, len(key)), key), value

    def _read_one(
        self,
        key: tree.Name,
        value: tree.Expression,
        rules: Mapping[str, Rule],
        block: str,
        values: dict[str, Any],
    ) -> None:
        rule = rules.get(key.name)
        if rule is None:
            other = "output" if block == "solver" else "solver"
            elsewhere = key.name in (OUTPUT_RULES if block == "solver" else SOLVER_RULES)
            self.faults.add(
                "E106",
                f"`{key.name}` is no setting of `{block}`",
                key.span,
                "unknown setting",
                help=f"it belongs into the `{other}` block"
                if elsewhere
                else self._suggest(key.name, rules) or f"the settings are {_list_words(rules)}",
            )
            return
        read = self._read_value(key.name, value, rule)
        if read is not None:
            values[key.name] = read

    def _read_value(self, key: str, value: tree.Expression, rule: Rule) -> Any:
        match rule:
            case NumberRule():
                return self._read_number(key, value, rule)
            case WordRule():
                return self._read_word(key, value, rule)
            case ChoiceRule():
                return self._read_choice(key, value, rule)
            case ListRule():
                return self._read_list(key, value, rule)
            case _:
                raise TypeError(type(rule))

    # --------------------------------------------------------------- values

    def _read_number(self, key: str, value: tree.Expression, rule: NumberRule) -> Value | None:
        if isinstance(value, tree.Name) and value.name in rule.words:
            return value.name
        if isinstance(value, tree.Name | tree.String | tree.List | tree.Range) and not (
            isinstance(value, tree.Name)
            and (value.name == "pi" or value.name in self.resolver.scope.names)
        ):
            self._refuse(key, value, rule.range_text)
            return None
        typed = self.resolver.resolve(value, CONSTANT)
        if typed is None or not self.resolver.ranks.require_rank(
            typed, Rank.SCALAR, f"`{key}` takes a number"
        ):
            return None
        if key == "times" and self.resolver.units is not None:
            typed = self.resolver.units.in_unit_of(self.resolver.scope.time, typed)
        number = self.folder.fold(typed) if typed is not None else None
        if number is None:
            return None
        inside = rule.low <= number <= rule.high and not (rule.open_low and number == rule.low)
        if not inside or (rule.whole and not number.is_integer()) or math.isnan(number):
            self._refuse(key, value, rule.range_text)
            return None
        return int(number) if rule.whole else number

    def _read_word(self, key: str, value: tree.Expression, rule: WordRule) -> str | None:
        word = value.name if isinstance(value, tree.Name) else None
        word = value.value if isinstance(value, tree.String) else word
        if word in rule.words:
            return word
        self._refuse(key, value, _one_of(rule.words), word, rule.words)
        return None

    def _read_choice(self, key: str, value: tree.Expression, rule: ChoiceRule) -> Choice | None:
        match value:
            case tree.Name(name=name):
                arguments: tuple[tree.Argument, ...] = ()
                place: tree.Node = value
            case tree.Call(function=function, arguments=arguments):
                name, place = function.name, function
            case _:
                self._refuse(key, value, _one_of(rule.choices))
                return None
        if name not in rule.choices:
            self._refuse(key, place, _one_of(rule.choices), name, rule.choices)
            return None
        options: dict[str, Value] = {}
        read = [self._read_option(name, a, rule.choices[name], options) for a in arguments]
        if not all(read):
            return None
        # Options in the order of the table: the order of writing has no meaning.
        known = rule.choices[name]
        return Choice(
            name, tuple((option, options[option]) for option in known if option in options)
        )

    def _read_option(
        self,
        name: str,
        argument: tree.Argument,
        known: Mapping[str, NumberRule | WordRule],
        options: dict[str, Value],
    ) -> bool:
        if argument.name is None:
            self.faults.add(
                "E106",
                f"the options of `{name}` are given by name",
                argument.span,
                "without a name",
                help=f"write `{next(iter(known))} = {clip(argument.span.text)}`" if known else None,
            )
            return False
        option = argument.name.name
        if option in options or option not in known:
            twice = option in options
            self.faults.add(
                "E106",
                f"`{option}` is given twice" if twice else f"`{name}` has no option `{option}`",
                argument.name.span,
                "the second value" if twice else "unknown option",
                help=None
                if twice
                else self._suggest(option, known)
                or (
                    f"its options are {_list_words(known)}" if known else f"`{name}` has no options"
                ),
            )
            return False
        read = self._read_value(option, argument.value, known[option])
        if read is None:
            return False
        options[option] = read
        return True

    def _read_list(
        self, key: str, value: tree.Expression, rule: ListRule
    ) -> tuple[Any, ...] | None:
        if isinstance(value, tree.Name) and value.name in rule.words:
            return (value.name,)
        items = value.items if isinstance(value, tree.List | tree.Tuple) else (value,)
        read = [self._read_value(key, item, rule.item) for item in items]
        return None if any(item is None for item in read) else tuple(read)

    # ------------------------------------------------------------- messages

    def _refuse(
        self,
        key: str,
        value: tree.Node,
        wanted: str,
        word: str | None = None,
        candidates: Iterable[str] = (),
    ) -> None:
        self.faults.add(
            "E106",
            f"`{key}` takes {wanted}, and not `{clip(value.span.text)}`",
            value.span,
            "not a value of this setting",
            help=self._suggest(word, candidates) if word else None,
        )

    def _suggest(self, word: str, candidates: Iterable[str]) -> str | None:
        return self.resolver.scope.suggest(word, candidates)


def _one_of(words: Iterable[str]) -> str:
    listed = [f"`{word}`" for word in words]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"


def _list_words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
