"""A document of the catalogue as YAML that people edit, in the dialect that `reading` reads."""

from typing import Any

import yaml


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def write_text(document: dict[str, Any]) -> str:
    """Names in their order, rows of tables on one line, texts that could be numbers in quotes."""
    return yaml.dump(
        document,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=100,
    )
