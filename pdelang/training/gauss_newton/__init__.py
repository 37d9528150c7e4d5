"""Damped Gauss–Newton: few steps, each a linear least-squares problem in all parameters."""
