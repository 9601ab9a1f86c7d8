"""What stands in the audit trail, in words."""

from collections.abc import Mapping
from typing import Any

from letters.catalogue import codes, sentence

_ACT = "trail-act-"
_SAID_ELSEWHERE = {"purpose", "for", "screen", "role"}


def known_acts(language: str) -> list[tuple[str, str]]:
    """Each act and its words, by their words."""
    acts = [code.removeprefix(_ACT) for code in codes(language) if code.startswith(_ACT)]
    return sorted(((act, act_in_words(act, language)) for act in acts), key=lambda one: one[1])


def act_in_words(act: str, language: str) -> str:
    """An act that is newer than the catalogue is shown as it is."""
    return _word(_ACT, act, language)


def purpose_in_words(facts: Mapping[str, Any], language: str) -> str:
    return _word("trail-purpose-", facts["purpose"], language) if facts.get("purpose") else ""


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """Names and ids, as they were noted."""
    rest = {name: told for name, told in facts.items() if told and name not in _SAID_ELSEWHERE}
    return ", ".join(f"{name}: {_plain(value)}" for name, value in rest.items())


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={_plain(inner)}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _word(beginning: str, code: str, language: str) -> str:
    known = beginning + code
    return sentence(known, language) if known in codes(language) else code
