"""The version of this package: the installed metadata, the one place where it stands."""

from importlib.metadata import version

__version__ = version("pdelang")
