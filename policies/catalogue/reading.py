"""YAML with line numbers, in the narrow dialect of the catalogue.

Refused: floats (money is never one), YAML 1.1's other truth values and octal integers ("no" is
not false, 010 is not 8), duplicate keys, anchors and aliases. Dates stay text.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from office.exceptions import Refused

Path_ = tuple[str | int, ...]
TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a catalogue file, and where."""

    file: str
    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        return _("%(file)s, line %(line)s: %(path)s: %(reason)s") % {
            "file": self.file,
            "line": self.line,
            "path": self.path or "–",
            "reason": self.reason,
        }


class CatalogueError(Refused):
    """The catalogue is not loaded, not even in part."""

    def __init__(self, problems: list[Problem]) -> None:
        first = str(problems[0])
        message = ngettext(
            "The catalogue is not loaded: %(first)s",
            "The catalogue is not loaded: %(first)s (and %(others)s more)",
            len(problems),
        )
        super().__init__(message % {"first": first, "others": len(problems) - 1})
        self.problems = tuple(problems)


@dataclass
class Source:
    """One or more files read into one document, each place with its file and line."""

    document: Any = None
    places: dict[Path_, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: Path_, reason: str) -> None:
        """Note a problem at a path, at the nearest line known for it."""
        near = path
        while near and near not in self.places:
            near = near[:-1]
        file, line = self.places.get(near, ("", 0))
        self.problems.append(Problem(file, line, ".".join(map(str, path)), reason))


def read_yaml(file: Path) -> Source:
    """The document of a file with its places, and what the dialect does not allow in it."""
    try:
        return read_text(file.read_text(encoding="utf-8"), file.name)
    except UnicodeDecodeError:
        source = Source(places={(): (file.name, 1)})
        source.refuse((), _("the file is not UTF-8 text"))
        return source


def read_text(text: str, name: str) -> Source:
    """The same of a text that came from elsewhere than a file, such as a draft."""
    source = Source(places={(): (name, 1)})
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = str(getattr(error, "problem", None) or error)
        source.problems.append(Problem(name, line, "", reason))
    else:
        if isinstance(root, yaml.MappingNode):
            source.document = _Builder(name, source).build(root, ())
        else:
            source.refuse((), _("the file holds no mapping of names to values"))
    return source


class _Builder:
    def __init__(self, file: str, source: Source) -> None:
        self.file, self.source = file, source
        self.seen: set[int] = set()

    def build(self, node: yaml.Node, path: Path_) -> Any:
        self.source.places.setdefault(path, (self.file, node.start_mark.line + 1))
        if not isinstance(node, yaml.ScalarNode):
            if id(node) in self.seen:
                self.source.refuse(path, _("anchors and aliases are not used in the catalogue"))
                return None
            self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = (*path, key)
            self.source.places[place] = (self.file, key_node.start_mark.line + 1)
            if key_node.tag != f"{TAG}str":
                self.source.refuse(place, _("write this name in quotes"))
            if key in built:
                self.source.refuse(place, _("this name appears twice"))
            built[key] = self.build(value_node, place)
        return built

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        tag, text = node.tag.removeprefix(TAG), node.value
        if tag in ("str", "timestamp"):
            return text
        if tag == "null":
            return None
        if tag == "bool" and text in ("true", "false"):
            return text == "true"
        if tag == "int" and re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
            return int(text)
        if tag == "float":
            reason = _("%(text)s is a float; write the exact number in quotes")
        else:
            reason = _("%(text)s can be read in more than one way; write it in quotes")
        self.source.refuse(path, reason % {"text": text})
        return text
