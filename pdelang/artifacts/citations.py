"""What a run should cite: exactly the methods that it used."""

from __future__ import annotations

import re

_CITATIONS = {
    "ntk": "S. Wang, X. Yu, P. Perdikaris, When and why PINNs fail to train: a neural tangent "
    "kernel perspective, J. Comput. Phys. 449 (2022) 110768, arXiv:2007.14527",
    "gradnorm": "S. Wang, Y. Teng, P. Perdikaris, Understanding and mitigating gradient flow "
    "pathologies in physics-informed neural networks, SIAM J. Sci. Comput. 43 (2021) "
    "A3055-A3081, arXiv:2001.04536",
    "adam": "D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015, "
    "arXiv:1412.6980",
    "lbfgs": "D. C. Liu, J. Nocedal, On the limited memory BFGS method for large scale "
    "optimization, Math. Program. 45 (1989) 503-528",
    "gauss_newton": "D. W. Marquardt, An algorithm for least-squares estimation of nonlinear "
    "parameters, J. Soc. Indust. Appl. Math. 11 (1963) 431-441; in the sample space: A. "
    "Guzmán-Cordero et al., Improving energy natural gradient descent through Woodbury, momentum, "
    "and randomization, arXiv:2505.12149",
    "fourier": "M. Tancik et al., Fourier features let networks learn high frequency functions "
    "in low dimensional domains, NeurIPS 2020, arXiv:2006.10739",
    "pirate": "S. Wang, B. Li, Y. Chen, P. Perdikaris, PirateNets: physics-informed deep learning with "
    "residual adaptive networks, J. Mach. Learn. Res. 25 (2024), arXiv:2402.00326",
}
_CITATIONS["modified_mlp"] = _CITATIONS["gradnorm"]
_CITATIONS["least_squares"] = (
    "A. Rahimi, B. Recht, Random features for large-scale kernel machines, NIPS 2007; "
    "S. Dong, Z. Li, Local extreme learning machines and domain decomposition for solving linear "
    "and nonlinear partial differential equations, Comput. Methods Appl. Mech. Eng. 387 (2021) "
    "114129, arXiv:2012.02895"
)
_CITATIONS["ntk_mean"] = _CITATIONS["ntk"]


def collect_citations(*choices: str) -> tuple[str, ...]:
    """Return the references of the methods used; ``choices`` are texts such as ``adam(rate = 1e-3)``."""
    names = [re.split(r"[ (,]", choice.strip(), maxsplit=1)[0] for choice in choices]
    return tuple(dict.fromkeys(_CITATIONS[name] for name in names if name in _CITATIONS))
