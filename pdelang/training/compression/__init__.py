"""Fewer features for a solution: gates fixed, a convex last layer with an ℓ₁ penalty, then a refit."""
