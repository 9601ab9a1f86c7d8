"""The words people read: sentences by code, in Danish and English, from ``locale/``."""

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("da", "en")
_FOLDER = Path(__file__).parent.parent / "locale"


def sentence(code: str, language: str, /, **values: object) -> str:
    """The sentence for *code*, its placeholders filled. Raises KeyError for an unknown code."""
    return _catalogue(language)[code].format(**values) if values else _plain(code, language)


@cache
def _plain(code: str, language: str) -> str:
    return _catalogue(language)[code].format()


def codes(language: str) -> frozenset[str]:
    return frozenset(_catalogue(language))


@cache
def _catalogue(language: str) -> dict[str, str]:
    assert language in LANGUAGES, language
    sentences: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        for code, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
            assert code not in sentences, f"{code} stands twice in {language}"
            sentences[code] = text
    return sentences
