"""Reads the section "Install in your own site" of README.md and applies it to a project, word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADING = "## Install in your own site"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Instructions:
    """What a person copies: lines for the settings, one line for the addresses, commands before and after them."""

    install: str
    settings: str
    include: str
    commands: str


def instructions(readme: str) -> Instructions:
    """The section's four blocks, in this order. Raises ValueError when it has others."""
    section = readme.partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    blocks = BLOCK.findall(section)
    if [language for language, _ in blocks] != ["sh", "python", "python", "sh"]:
        raise ValueError(f"The section {HEADING!r} should hold sh, python, python and sh blocks: {blocks}")
    return Instructions(*(text for _, text in blocks))


def follow(steps: Instructions, settings: Path, urls: Path) -> None:
    """Do with an editor what the section says: settings at the end of the file, the include first in urlpatterns."""
    settings.write_text(f"{settings.read_text()}\n{steps.settings}")
    before, opening, after = urls.read_text().partition("urlpatterns = [\n")
    assert opening
    urls.write_text(f"{before}{opening}{steps.include}{after}")
