"""Settings that do not go together, or not with the problem: E106."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pdelang.diagnostics.span import Span
from pdelang.semantics.domain import TimeInterval
from pdelang.semantics.elsewhere import speaks_elsewhere
from pdelang.semantics.faults import Faults
from pdelang.semantics.settings import (
    FEATURE_KINDS,
    UNRENEWED_WEIGHTS,
    UNSUITED,
    Choice,
    Settings,
)
from pdelang.syntax import tree

# Methods that train the fits with the network; the others find them over frozen features.
JOINT = ("adam", "lbfgs", "gauss_newton")


@dataclass(frozen=True, slots=True)
class SettingsConflicts:
    """Judges the ``values`` of one spec's settings, each given at ``places[key]``."""

    faults: Faults
    values: Mapping[str, Any]
    places: Mapping[str, Span]

    def report(self, spec: tree.Tree, axes: int, time: TimeInterval | None) -> None:
        """Report every conflict; ``axes`` is the number of space coordinates."""
        self._refuse_unsuited()
        if any(isinstance(s, tree.Fit) for s in spec.statements):
            self._refuse_training_of_fits()
        self._refuse_misplaced_splines(spec, axes, time)
        self._refuse_drift_of_other_weights()
        self._refuse_misplaced_functions(is_plane=time is None and axes == 2)

    def _refuse_unsuited(self) -> None:
        """Report settings that the method named beside them would ignore.

        The default of a setting asks for nothing, so it may stand beside every method.
        """
        self._refuse_foreign_option(self.values.get("network"))
        method = self.values.get("method")
        if method is None or method.name not in UNSUITED:
            return
        for key, suited in UNSUITED[method.name].items():
            value = self.values.get(key)
            if value == getattr(Settings(), key):
                continue
            name = value.name if isinstance(value, Choice) else value
            if value is not None and name not in suited:
                self.faults.add(
                    "E106",
                    f"`method = {method.name}` has no use for `{key} = {value}`",
                    self.places[key],
                    "not a setting of this method",
                    help=f"write `{key} = {suited[0]}`" if suited else f"remove `{key}`",
                )

    def _refuse_foreign_option(self, network: Choice | None) -> None:
        """Report an option of frozen features that their kind would ignore."""
        if network is None or network.name != "features":
            return
        options = dict(network.options)
        kind = str(options.get("kind", "chebyshev" if "degree" in options else "sine"))
        foreign = {o: k for k, own in FEATURE_KINDS.items() for o in own}
        for option, other in foreign.items():
            if option in options and option not in FEATURE_KINDS[kind]:
                self.faults.add(
                    "E106",
                    f"features of the kind `{kind}` have no `{option}`",
                    self.places["network"],
                    f"`{option}` belongs to `{other}`",
                    help=f"remove `{option}`",
                )

    def _refuse_drift_of_other_weights(self) -> None:
        """Report ``refresh_drift`` beside weights that no kernel or gradient decides."""
        weights = self.values.get("weights")
        if self.values.get("refresh_drift") is None or weights is None:
            return
        if weights.name in UNRENEWED_WEIGHTS:
            self.faults.add(
                "E106",
                f"`weights = {weights}` has no use for `refresh_drift`",
                self.places["refresh_drift"],
                "these weights are not renewed by their drift",
                help="remove `refresh_drift`, or write `weights = ntk`",
            )

    def _refuse_training_of_fits(self) -> None:
        """Report settings of training where `auto` finds fits over frozen features."""
        method = self.values.get("method")
        if method is not None and method.name != "auto":
            return
        for key, good in UNSUITED["least_squares"].items():
            value = self.values.get(key)
            name = value.name if isinstance(value, Choice) else value
            if value is None or value == getattr(Settings(), key) or name in good:
                continue
            others = " or ".join(
                f"`method = {other}`"
                for other in JOINT
                if name in UNSUITED[other].get(key, (name,))
            )
            self.faults.add(
                "E106",
                f"`method = auto` has no use for `{key} = {value}` beside a `fit`: it finds fits over "
                "frozen features",
                self.places[key],
                "a setting of training",
                help=f"remove `{key}`, or write {others} to train unknowns and fits together",
            )

    def _refuse_misplaced_splines(
        self, spec: tree.Tree, axes: int, time: TimeInterval | None
    ) -> None:
        """Report splines, and windows of time, where the problem is not of their kind."""
        values = self.values
        network = values.get("network")
        key = "network" if network is not None and network.name == "splines" else "windows"
        if values.get(key) is None:
            return
        reason: str | None = None
        help = f"remove `{key}`"
        if axes > 1 or (axes == 0 and time is None):
            reason = f"splines serve one space coordinate, and this domain has {axes}"
        elif any(isinstance(s, tree.Require) for s in spec.statements) and not any(
            isinstance(s, tree.Fit) for s in spec.statements
        ):
            reason = "splines do not serve a `require`"
        elif speaks_elsewhere(spec):
            reason = "splines do not serve integrals and values elsewhere"
        elif key == "windows" and time is None:
            reason = "a steady problem has no windows of time"
        elif key == "windows" and network is not None:
            reason, help = "only splines work in windows", "write `network = splines`"
        elif values.get("conditions") == "hard":
            reason, help = "splines have no hard conditions", "remove `conditions = hard`"
        elif values.get("weights") is not None and values["weights"].name == "gradnorm":
            reason, help = "splines are weighted by their kernel", "remove `weights = gradnorm`"
        if reason is not None:
            place = self.places[key]
            self.faults.add("E106", reason[0].upper() + reason[1:], place, "here", help=help)

    def _refuse_misplaced_functions(self, is_plane: bool) -> None:
        """Report functions of a complex variable where there is none."""
        network = self.values.get("network")
        if network is None or dict(network.options).get("kind") != "singular":
            return
        method = self.values.get("method")
        reason: str | None = None
        if not is_plane:
            reason = "serve steady problems in two Cartesian coordinates"
        elif method is not None and method.name not in ("auto", "least_squares"):
            reason = f"are placed by `method = least_squares`, not by `{method.name}`"
        if reason is not None:
            self.faults.add(
                "E106",
                f"Features of the kind `singular` {reason}",
                self.places["network"],
                "here",
                help="remove `kind = singular`",
            )
