"""The shape of the package: imports point one way, and text never becomes code."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pdelang"
FILES = sorted(PACKAGE.rglob("*.py"))

# From the bottom to the top; a module imports from its own row and from rows above it here.
LAYERS = (
    ("kept_file", "special_functions"),
    ("diagnostics",),
    ("syntax",),
    ("geometry",),
    ("semantics",),
    ("editor",),
    ("calculus",),
    ("lowering",),
    ("networks",),
    ("kernels",),
    ("training",),
    ("artifacts",),
    ("reading", "device", "version"),
    ("compilation",),
    ("pipeline",),
    ("api",),
    ("cli",),
    ("__init__", "__main__"),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}

# What `check`, `emit --stage tree` and `explain` must not load.
HEAVY = {"jax", "jaxlib", "optax", "matplotlib", "safetensors", "diffrax"}
LIGHT_PACKAGES = ("diagnostics", "syntax", "geometry", "semantics", "calculus")


def read_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def walk_top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what runs when the module is imported; type checkers' imports do not run."""
    for node in tree.body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case _:
                yield node


def find_imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case ast.ImportFrom():
                pytest.fail(f"relative import in line {node.lineno}")


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    for name in find_imports(ast.walk(read_tree(path))):
        parts = name.split(".")
        if parts[0] != "pdelang" or len(parts) < 2 or parts[1] not in HEIGHT:
            continue
        assert HEIGHT[parts[1]] <= HEIGHT[place(path)], f"{path.name} imports {name}"


def test_every_module_has_a_layer() -> None:
    assert {place(path) for path in FILES} <= set(HEIGHT)


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if place(p) in LIGHT_PACKAGES],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_the_checker_needs_nothing_heavy(path: Path) -> None:
    names = set(find_imports(walk_top_level(read_tree(path))))
    assert not {name.split(".")[0] for name in names} & HEAVY
    assert not any(name.startswith("scipy.stats") for name in names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_text_never_becomes_code(path: Path) -> None:
    tree = read_tree(path)
    forbidden = {"eval", "exec", "sympify", "parse_expr", "__import__", "unsafe_load", "full_load"}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                assert name not in forbidden, f"{path.name}:{node.lineno} calls {name}"
            case ast.ImportFrom(names=names):
                assert all(alias.name != "*" for alias in names), f"{path.name}:{node.lineno}"
    roots = {name.split(".")[0] for name in find_imports(ast.walk(tree))}
    assert not roots & {"pickle", "cloudpickle", "dill", "marshal", "shelve"}


@pytest.mark.parametrize(
    "path",
    [
        p
        for folder in ("pdelang", "tests", "benchmarks", "specs")
        for p in (ROOT / folder).rglob("*.py")
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_file_holds_one_noun(path: Path) -> None:
    assert path.stat().st_size <= 24_000
    assert path.stem not in {"utils", "misc", "helpers", "base", "core", "manager"}


def test_no_file_names_a_machine() -> None:
    homes = "|".join(("work", "home", "root", "opt", "Users"))
    pattern = re.compile(rf"(?<![\w.>`/])/(?:{homes})/\w")
    suffixes = {".py", ".pde", ".md", ".toml", ".lark", ".yml", ".csv"}
    for folder in ("pdelang", "tests", "specs", "benchmarks", "grammar", ".ci", ".github"):
        for path in (ROOT / folder).rglob("*"):
            if (
                path.is_file()
                and path.suffix in suffixes | {""}
                and "__pycache__" not in path.parts
            ):
                assert not pattern.search(path.read_text("utf-8")), path
    for path in ROOT.glob("*.*"):
        if path.suffix in suffixes:
            assert not pattern.search(path.read_text("utf-8")), path
