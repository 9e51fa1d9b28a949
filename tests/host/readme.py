"""Reads how to install Hữu Nghị in a site and applies it to a project, word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Instructions:
    """What a person copies: lines for the settings, one line for the addresses, commands before and after them."""

    install: str
    settings: str
    include: str
    commands: str


def instructions(page: str, heading: str) -> Instructions:
    """The four blocks of the section, in this order. Raises ValueError when it has others."""
    section = f"\n{page}".partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = BLOCK.findall(section)
    if [language for _, language, _ in blocks] != ["sh", "python", "python", "sh"]:
        raise ValueError(f"The section {heading!r} should hold sh, python, python and sh blocks: {blocks}")
    # In a numbered list the blocks are indented.
    return Instructions(*(re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, _, text in blocks))


def follow(steps: Instructions, settings: Path, urls: Path) -> None:
    """Do with an editor what the section says: settings at the end of the file, the include first in urlpatterns."""
    settings.write_text(f"{settings.read_text()}\n{steps.settings}")
    before, opening, after = urls.read_text().partition("urlpatterns = [\n")
    assert opening
    urls.write_text(f"{before}{opening}{steps.include}{after}")
