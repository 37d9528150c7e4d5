"""``python -m pdelang`` is the command line."""

from pdelang.cli import main

main()
