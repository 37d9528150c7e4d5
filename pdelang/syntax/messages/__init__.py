"""The words of every syntax message, one file per family."""
