"""What was solved, how, and how well: the text that `solve` and `show` end with."""

from __future__ import annotations

from pathlib import Path

from pdelang.artifacts.manifest import Manifest

_VERDICTS = {
    "solved": "the estimated error is within the tolerance",
    "tolerance_not_reached": "ran, but the tolerance was not reached",
    "stopped": "interrupted before it was finished",
    "diverged": "a value is not finite, or grew without bound",
    "singular": "the linear system is singular",
    "unverified": "ran, but no error estimate could be made",
}


FACT_COLUMN = 13
"""Where the facts begin, right of their names."""


def summarize(manifest: Manifest, folder: Path) -> str:
    """Return a short report for people, one fact per line."""
    lines = [manifest.title or "(no title)", f"  status     {describe_status(manifest.status)}"]
    lines.append(
        f"  method     {manifest.method}, weights {manifest.weights}, {manifest.precision}"
    )
    parts = ", ".join(f"{name} {value:.1f} s" for name, value in manifest.seconds_by_stage.items())
    lines.append(
        f"  time       {manifest.seconds:.1f} s{f' ({parts})' if parts else ''} on {manifest.device}"
    )
    lines.append(f"  tolerance  {manifest.tolerance:.1e}")
    for name in dict.fromkeys([*manifest.error_estimate, *manifest.error]):
        lines.append(f"  {name:<10} {describe_error(manifest, name)}")
    lines.extend(f"  fitted     {text}" for text in describe_fitted(manifest))
    for label, value in manifest.misfit.items():
        lines.append(f"  misfit     {label}: {value:.3g} (root mean square)")
    for name, value in manifest.reports.items():
        unit = manifest.units.get(name)
        lines.append(f"  report     {name} = {value:.10g}{f' {unit}' if unit else ''}")
    lines.extend(describe_kernel(manifest))
    lines.extend(f"  note       {message}" for message in manifest.messages)
    lines.append(f"  artifact   {folder}")
    return "\n".join(lines)


def describe_fitted(manifest: Manifest) -> list[str]:
    """Return a line per `fit`: ``D = 1.13e-05 ± 2.6e-08 (standard error)``, ``c = 12 (k = 1), 24 (k = 2)``."""
    lines = []
    for name, record in manifest.fitted.items():
        if members := record.get("members"):
            values = ", ".join(f"{value:.8g} ({label})" for label, value in members.items())
            lines.append(f"{name} = {values}")
            continue
        if "coefficients" in record:
            deviation = record.get("standard_error")
            spread = (
                ""
                if deviation is None
                else f", standard error {deviation:.2g} (root mean square over the domain)"
            )
            lines.append(f"{name}: a field of {len(record['coefficients'])} coefficients{spread}")
            continue
        if record["value"] is None:
            lines.append(f"{name}: not found")
            continue
        deviation = record.get("standard_error")
        spread = "" if deviation is None else f" ± {deviation:.2g} (standard error)"
        lines.append(f"{name} = {record['value']:.8g}{spread}")
    return lines


def describe_kernel(manifest: Manifest) -> list[str]:
    """Return lines on the kernel: traces and weights at the end, and how the training moved."""
    lines = []
    traces = [f"{g} {v['trace']:.1e}" for g, v in manifest.ntk.items() if "trace" in v]
    if len(traces) > 1:
        lines.append(f"  traces     {', '.join(traces)}")
    if manifest.dynamics:
        facts = [f"{name.replace('_', ' ')} {v:.2g}" for name, v in manifest.dynamics.items()]
        lines.append(f"  training   {', '.join(facts)}")
    return lines


def describe_status(status: str) -> str:
    """Return a status with its meaning in words."""
    return f"{status}: {_VERDICTS[status]}" if status in _VERDICTS else status


def describe_error(manifest: Manifest, name: str) -> str:
    """Return the estimated, the standard and the true relative L2 error of an unknown, as far as known."""
    facts = []
    if name in manifest.error_estimate:
        facts.append(f"estimated error {manifest.error_estimate[name]:.1e}")
    if name in manifest.standard_error:
        facts.append(f"standard error {manifest.standard_error[name]:.1e} by the readings")
    if name in manifest.error:
        facts.append(f"true error {manifest.error[name]:.1e}")
    return ", ".join(facts) + " (relative L2)"
