"""The Python interface: compile, solve, evaluate, save, load."""
