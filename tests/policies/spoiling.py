"""A copy of the catalogue to spoil, and what is then said of it."""

import shutil
from pathlib import Path

import pytest

from policies.catalogue import SHIPPED, CatalogueError, load_folder


def copy_of_one_product(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue with one product, to spoil."""
    shutil.copytree(SHIPPED / "kinds", tmp_path / "kinds")
    shutil.copy(SHIPPED / "BIND-PA.yaml", tmp_path)
    return tmp_path


def spoil(folder: Path, old: str, new: str, file: str = "BIND-PA.yaml") -> int:
    """Replace a text that stands once in a file; the number of its line."""
    path = folder / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(CatalogueError) as caught:
        load_folder(folder)
    return [(p.file, p.line, p.path, p.reason) for p in caught.value.problems]
