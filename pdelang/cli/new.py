"""``pdelang new``: a complete spec to start from."""

from __future__ import annotations

from pathlib import Path

from pdelang.cli.console import print_note, print_text
from pdelang.cli.failure import ArgumentError
from pdelang.diagnostics.suggestion import similar

_FOLDER = Path(__file__).parent / "templates"


def list_templates() -> dict[str, str]:
    """Return the templates by name, each with its title."""
    titles = {}
    for path in sorted(_FOLDER.glob("*.pde")):
        lines = path.read_text("utf-8").splitlines()
        title = next(line for line in lines if line.startswith("problem "))
        titles[path.stem] = title.split('"')[1]
    return titles


def find_template(name: str) -> Path:
    """Return the file of a template.

    Raises:
        ArgumentError: there is none of that name.
    """
    names = tuple(list_templates())
    if name not in names:
        near = similar(name, names)
        listed = f"the templates are {', '.join(names)}"
        raise ArgumentError(
            f"there is no template '{name}'", f"did you mean '{near}'? {listed}" if near else listed
        )
    return _FOLDER / f"{name}.pde"


def write_spec(name: str | None, template: str | None) -> int:
    """Write ``NAME.pde`` from a template; without a template print what there is."""
    if template is None:
        for known, title in list_templates().items():
            print_text(f"{known:<10} {title}")
        if name is None:
            return 0
        raise ArgumentError("no template is named", f"write pdelang new {name} --from heat")
    content = find_template(template).read_text("utf-8")
    if name is None:
        raise ArgumentError("no name is given", f"write pdelang new my_problem --from {template}")
    target = Path(name if name.endswith(".pde") else f"{name}.pde")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        raise ArgumentError(
            f"'{target}' exists, and is left alone", "choose another name"
        ) from None
    except OSError as error:
        raise ArgumentError(f"'{target}' cannot be written ({error.strerror})") from None
    print_text(str(target))
    print_note(f"now change it, and run: pdelang solve {target}")
    return 0
