"""Classical solvers to compare with: spectral collocation on boxes."""
