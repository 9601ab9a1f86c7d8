"""What the inbox can be narrowed to, each choice with its words and how many tasks it has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.house import House
from api.inbox.query import InboxQuery
from api.inbox.rows import claim_type_name
from api.languages import DANISH
from api.sentences import amount_in_words
from domain.authority import Actor, kinds_for
from domain.claim import Stage
from domain.inbox import BANDS, FACETS, NOBODY, Facet, edges
from domain.money import Money
from letters.catalogue import sentence
from persistence.tasks.inbox_counts import Counts

_HOUSE_DEPARTMENTS = ("collection", "finance")


@dataclass(frozen=True, slots=True)
class Choice:
    """*count* None: not counted yet."""

    value: str
    text: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Choosing:
    """One facet: what is chosen of it, and what may be."""

    facet: Facet
    chosen: str
    choices: Sequence[Choice]


def facet_choices(
    house: House,
    actor: Actor,
    language: str,
    query: InboxQuery,
    people: Mapping[str, str],
    counts: Counts | None,
) -> list[Choosing]:
    """*people*: the names of those who may have tasks, by id."""
    chosen = query.facets
    found = []
    for facet in FACETS:
        names = dict(_names(facet, house, actor, language, people))
        counted = counts[facet] if counts else {}
        for value in [*counted, chosen.get(facet, "")]:
            if value and value not in names:
                names[value] = value
        choices = [
            Choice(value, text, counted.get(value, 0) if counts else None)
            for value, text in names.items()
        ]
        found.append(Choosing(facet, chosen.get(facet, ""), choices))
    return found


def _names(
    facet: Facet, house: House, actor: Actor, language: str, people: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    match facet:
        case "kind":
            kinds = [kind.value for kind in kinds_for(actor)]
            return ((kind, sentence(f"word-task-{kind}", language).capitalize()) for kind in kinds)
        case "claim_type":
            types = house.policy.claim_types
            return ((code, claim_type_name(house, code, language)) for code in types)
        case "stage":
            return (
                (stage.value, sentence(f"inbox-stage-{stage.value}", language)) for stage in Stage
            )
        case "department":
            return _departments(house, language)
        case "holder":
            return iter([(NOBODY, sentence("inbox-nobody", language)), *people.items()])
        case _:
            numbers = range(len(BANDS[facet]) + 1)
            return ((str(number), band_words(facet, number, language)) for number in numbers)


def _departments(house: House, language: str) -> Iterator[tuple[str, str]]:
    for name in _HOUSE_DEPARTMENTS:
        yield name, sentence(f"inbox-department-{name}", language)
    for name in sorted({kind.department for kind in house.policy.claim_types.values()}):
        yield name, name


def band_words(facet: Facet, number: int, language: str) -> str:
    """As "500–2.500 kr." or "8–30 dage"."""
    first, beyond = edges(BANDS[facet], number)
    if facet == "amount":
        low, high = _kroner(first, language), _kroner(beyond, language)
    else:
        low = str(first or 0)
        high = str((beyond or 1) - 1)
    if first is None:
        return sentence(f"inbox-{facet}-first", language, high=high)
    if beyond is None:
        return sentence(f"inbox-{facet}-last", language, low=low)
    return sentence(f"inbox-{facet}-between", language, low=low, high=high)


def _kroner(ore: int | None, language: str) -> str:
    words: str = amount_in_words(Money(ore or 0), language)
    return words.replace(",00" if language == DANISH else ".00", "")
