"""Which of our languages a reader prefers: Danish unless they ask for English first."""

from typing import Annotated

from fastapi import Depends, Header, Request

DANISH, ENGLISH = "da", "en"
LANGUAGE_COOKIE = "language"


def preferred(accept_language: str) -> str:
    """Of Danish and English, the one with the higher weight; Danish when they weigh the same."""
    weights = {DANISH: 0.0, ENGLISH: 0.0}
    for part in accept_language.lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.split("-")[0].strip()
        if language in weights:
            weights[language] = max(weights[language], _weight(parameters))
    return ENGLISH if weights[ENGLISH] > weights[DANISH] else DANISH


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def language_of(request: Request) -> str:
    """The one chosen on a page, kept in a cookie; else what the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in {DANISH, ENGLISH}:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


def _read_language(
    accept_language: Annotated[
        str, Header(description="Language of the sentences: `da` (default) or `en`.")
    ] = DANISH,
) -> str:
    return preferred(accept_language)


Language = Annotated[str, Depends(_read_language)]
