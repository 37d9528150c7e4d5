"""A mode, or a family of modes, over features as a solution of the network that has these features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pdelang.calculus.system import System
from pdelang.lowering.lower import lower
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.inverse.fields import true_errors
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.reports import compute_reports
from pdelang.training.solution import History, Solution, Status
from pdelang.training.true_error import measure_error


def expand(
    system: System,
    settings: Settings,
    dictionary: FeatureDictionary,
    coefficients: np.ndarray,
    is_found: bool,
) -> Solution:
    """Return ``coefficients (M, fields)``, at the scales of a system, as a solution.

    Its errors against `exact` and its reports are measured where there is a mode, ``is_found``; its estimate,
    status and history are the caller's.
    """
    program = lower(system)
    network = Choice("features", dictionary.options)
    used = replace(settings, method=Choice("least_squares"), network=network, precision="f64")
    parameters = {"trained": {"coefficients": coefficients}, "frozen": dictionary.frozen}
    model = FieldModel.from_program(program, used)
    error: dict[str, float] = {}
    reports: dict[str, float] = {}
    if is_found:
        error = measure_error(program, model, parameters, "f64") | true_errors(system.problem)
        reports = compute_reports(program, model, parameters, "f64")
    return Solution(
        program=program,
        model=model,
        parameters=parameters,
        status=Status.TOLERANCE_NOT_REACHED,
        method="least_squares",
        weights=f"{settings.weights} of the conjugate kernel, sums over the points of each term",
        settings=used,
        precision="f64",
        error_estimate={},
        error=error,
        reports=reports,
        history=History((), ()),
        seconds={},
        messages=(),
        fitted={},
    )
