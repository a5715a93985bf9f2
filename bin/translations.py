"""Keeps the catalogues in step with the texts in the source: `_()`, `gettext()`, `ngettext()`, `N_()` and refusals.

A refusal's texts are marked by the refusal itself: `BadInput("what", "remedy")`.
"""

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bottletrack", "webapp")
LANGUAGES = ("fr", "ar")

#: Functions whose first arguments are texts, and how many of them. Refusals carry what and remedy, each a text.
REFUSALS = ("NotAllowed", "NotFound", "BadInput", "WrongStep", "WrongQuantity", "Stopped", "Conflict")
TEXTS = {"N_": 1, "gettext": 1, "_": 1, **dict.fromkeys(REFUSALS, 2)}

Found = tuple[str, int, str | tuple[str, ...]]


def main() -> None:
    """Updates the catalogues, or checks them only (`--check`)."""
    check_only = sys.argv[1:] == ["--check"]
    complaints = [
        complaint for language in LANGUAGES for complaint in keep(language, list(find_texts()), change=not check_only)
    ]
    for complaint in complaints:
        print(complaint)
    if complaints and check_only:
        sys.exit(1)


def find_texts() -> Iterator[Found]:
    """Every text of the source: file, line, and the text (or singular and plural)."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from texts_of_python(path)
        for path in sorted((ROOT / package).rglob("templates/**/*.html")):
            options = {"extensions": "jinja2.ext.i18n", "silent": "false"}
            for line, text, _, _ in extract_from_file("jinja2.ext:babel_extract", path, options=options):
                yield name_of(path), line, text


def texts_of_python(path: Path) -> Iterator[Found]:
    """The texts in a Python file, in the order of its lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [
            argument.value
            for argument in node.args[:2]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ]
        if function == "ngettext" and len(texts) == 2:
            yield name_of(path), node.lineno, (texts[0], texts[1])
        else:
            for text in texts[: TEXTS.get(function, 0)]:
                if text:
                    yield name_of(path), node.lineno, text


def name_of(path: Path) -> str:
    """The path as it is written in the catalogue."""
    return path.relative_to(ROOT).as_posix()


def keep(language: str, texts: list[Found], *, change: bool) -> Iterator[str]:
    """Brings one catalogue in step (or only looks), and names what is wrong with it."""
    path = ROOT / "webapp" / "translations" / language / "LC_MESSAGES" / "messages.po"
    catalog = read_po(BytesIO(path.read_bytes()), locale=language)
    known = {message.id for message in catalog}
    template = Catalog(creation_date=catalog.creation_date)
    for file, line, text in texts:
        template.add(text, locations=[(file, line)])
    # Guessed translations are wrong more often than not, and look finished.
    catalog.update(template, no_fuzzy_matching=True)
    if change:
        path.write_bytes(written(catalog))
    elif known != {message.id for message in catalog}:
        # Where a text stands may lag behind; which texts there are may not.
        yield f"{path.name} ({language}) is not in step with the source: run ./bin/translations"
    for message in catalog:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.fuzzy or not all(strings):
            yield f"not translated into {language}: {message.id}"
            continue
        for error in message.check(catalog):
            yield f"{language}: {message.id}: {error}"


def written(catalog: Catalog) -> bytes:
    """The catalogue as a file that changes only where a text or its place changes."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=120, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
