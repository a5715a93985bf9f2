"""Compiles the translations (.po, kept in git) to what the program loads (.mo, never in git)."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def build(root: Path) -> None:
    """Compiles each catalogue that changed since its last compilation."""
    for package in ("bottletrack", "webapp", "labels"):
        for source in sorted((root / package).rglob("*.po")):
            target = source.with_suffix(".mo")
            # pip calls the hook twice in a row: the second time there is nothing left to do.
            if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
                compile_catalogue(source, target)


def compile_catalogue(source: Path, target: Path) -> None:
    """Writes `target` from `source`; raises ValueError where a translation breaks its placeholders."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    for message, errors in catalogue.check():
        raise ValueError(f"{source.name}:{message.lineno}: {message.id!r}: {errors[0]}")
    with target.open("wb") as file:
        write_mo(file, catalogue)
