"""The open key figures hold nothing of few, and nothing from which it can be found."""

import json
from pathlib import Path

import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.council import KeyFigures
from reports.council.figures import BRIDGE, CouncilFigure, Dimension, dimensions_of
from reports.council.key_figures import FEWEST, key_figures, left_out
from reports.council.report import Amount, CouncilFigures
from tests.reports.council_town import FIRST, CouncilTown
from tests.reports.test_council import live

SCHEMA = Path(__file__).parents[2] / "docs" / "key-figures.schema.json"
TYPES = ("day-care", "parking-fee", "rent", "music-school")
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(BRIDGE), st.sampled_from(TYPES)), st.integers(0, 12), min_size=1
)


def told(cells):
    """Figures by type of claim, with their wholes."""
    found = {}
    for (figure, part), lines in cells.items():
        amount = Amount(100 * lines, lines)
        for key in ((figure, Dimension.TYPE, part), (figure, Dimension.TOTAL, "")):
            found[key] = found.get(key, Amount()) + amount
    return CouncilFigures(FIRST, FIRST, found)


@given(CELLS)
def test_what_is_of_few_is_left_out_and_never_alone_in_its_sum(cells):
    found = told(cells)
    hidden = left_out(found)
    assert {key for key, amount in found.cells.items() if 0 < amount.lines < FEWEST} <= hidden
    for figure in BRIDGE:
        parts = [(figure, Dimension.TYPE, part) for part in TYPES]
        assert_not_betrayed(found, hidden, parts)
    for part in TYPES:
        assert_not_betrayed(found, hidden, [(figure, Dimension.TYPE, part) for figure in BRIDGE])


def assert_not_betrayed(found, hidden, group):
    """One that is left out alone has no other in its sum that could have gone with it."""
    there = [key for key in group if key in found.cells and found.cells[key].lines]
    if len(hidden.intersection(there)) == 1:
        assert len(there) == 1


@pytest_asyncio.fixture
async def town(books):
    town = CouncilTown(books.database, books.policy)
    await town.begin()
    return town


async def test_what_is_left_out_has_neither_amount_nor_number(town):
    await live(town, count=60)
    found = await town.figures(FIRST, FIRST.replace(month=12))
    figures = list(key_figures(found))
    assert {one.figure for one in figures} <= set(CouncilFigure)
    hidden = [one for one in figures if one.is_left_out]
    assert hidden
    assert all(one.ore is None and one.number is None for one in hidden)
    shown = [one for one in figures if not one.is_left_out]
    assert shown
    assert all(one.number == 0 or one.number >= FEWEST for one in shown)
    for one in shown:
        assert one.by is Dimension.TOTAL or one.by in dimensions_of(one.figure)
        assert found.of(one.figure, one.by, one.part).ore == one.ore


def test_the_schema_in_the_documents_is_the_readers_own():
    written = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert written.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert written == KeyFigures.model_json_schema(by_alias=True)
