"""Every øre is accounted for, and one that is not is found and named."""

from datetime import date, timedelta

import pytest

from reports.reconciling.checks import Difference
from reports.reconciling.figures import ALL_ROWS, Figure

NEW_YEAR, END = date(2026, 1, 1), date(2026, 12, 31)
BEFORE, SPRING, MAY = date(2025, 11, 3), date(2026, 3, 2), date(2026, 5, 4)
JUNE, AUTUMN, AFTER = date(2026, 6, 1), date(2026, 9, 7), date(2027, 1, 4)


async def a_year(books):
    """What can happen to claims and money, each at least once. Returns the claims."""
    old = await books.claim(BEFORE, 1000)
    young = await books.claim(SPRING, 500)
    care = await books.claim(SPRING, 2000, "day-care")
    await books.pay(old, 10_000, date(2025, 12, 1), "statement")
    await books.book(old, "interest", 812, SPRING)
    await books.book(old, "fee", 25_000, SPRING)
    await books.book(old, "court-fee", 75_000, SPRING)
    paid = await books.payment(40_000, MAY, "statement")
    await books.book(old, "payment", -30_000, MAY, paid)
    await books.book(old, "refund", 5_000, JUNE, paid)
    await books.pay_out(paid, 15_000, JUNE)
    stopped = await books.pay(young, 20_000, MAY, "betalingsservice")
    await books.book(young, "charge-back", 20_000, JUNE, stopped)
    await books.pay_out(stopped, 20_000, JUNE, "charge-back")
    await books.book(young, "correction", -1_250, JUNE)
    await books.book(young, "rounding", -37, JUNE)
    await books.book(young, "write-off", -48_713, AUTUMN)
    await books.carry(care, JUNE)
    await books.pay(care, 60_000, date(2026, 7, 1), "authority")
    await books.carry(care, AUTUMN, is_back=True)
    await books.book(care, "interest", 1_900, AUTUMN)
    await books.carry(old, AUTUMN)
    await books.payment(12_345, AUTUMN, "advice")
    await _a_bank(books)
    return old, young, care


async def _a_bank(books):
    file = await books.file("kontoudtog.xml", SPRING)
    await books.payment(30_000, SPRING, "statement", file)
    await books.bank_line(file, 1, 30_000, SPRING, "payment")
    await books.bank_line(file, 2, 7_500, SPRING, "asked")
    await books.statement(file, "DK1", SPRING, 100_000, 37_500, 137_500)
    await books.statement(file, "DK1", MAY, 137_500, -2_500, 135_000)
    await books.statement(file, "DK2", MAY, 0, 50, 50)


async def test_the_arrears_of_a_year_are_bridged_by_type_of_claim(books):
    await a_year(books)
    arrears = (await books.reconcile(NEW_YEAR, END)).arrears
    assert {f.value: arrears.ore(f, "parking-fee") for f in arrears.figures} == {
        "opening": 90_000,
        "new": 50_000,
        "interest": 812,
        "fees": 100_000,
        "paid": -50_000,
        "refunded": 5_000,
        "charged-back": 20_000,
        "corrected": -1_250,
        "rounded": -37,
        "written-off": -48_713,
        "transferred": -165_812,
        "recalled": 0,
        "closing": 0,
    }
    assert arrears.ore(Figure.TRANSFERRED, "day-care") == -200_000
    assert arrears.ore(Figure.RECALLED, "day-care") == 140_000
    assert arrears.ore(Figure.CLOSING, "day-care") == 141_900
    assert arrears.ore(Figure.CLOSING) == arrears.expected() == 141_900


async def test_what_is_booked_while_a_claim_lies_with_the_authority_is_not_ours(books):
    await a_year(books)
    recovery = (await books.reconcile(NEW_YEAR, END)).recovery
    assert [recovery.ore(figure) for figure in recovery.figures] == [
        0,
        365_812,
        -140_000,
        -60_000,
        165_812,
    ]


async def test_money_without_a_place_is_bridged_by_channel_and_kind(books):
    await a_year(books)
    money = (await books.reconcile(NEW_YEAR, END)).money
    assert money.ore(Figure.MONEY_OPENING) == 0
    assert {part: money.ore(Figure.MONEY_IN, part) for part in money.parts_of(Figure.MONEY_IN)} == {
        "advice": 12_345,
        "authority": 60_000,
        "betalingsservice": 20_000,
        "statement": 70_000,
    }
    assert money.ore(Figure.MONEY_PLACED, "payment") == -110_000
    assert money.ore(Figure.MONEY_PLACED, "refund") == 5_000
    assert money.ore(Figure.MONEY_PLACED, "charge-back") == 20_000
    assert money.ore(Figure.MONEY_OUT, "refund") == -15_000
    assert money.ore(Figure.MONEY_OUT, "charge-back") == -20_000
    assert money.ore(Figure.MONEY_CLOSING) == money.expected() == 42_345


async def test_the_money_that_came_is_placed_unplaced_or_gone_out_again(books):
    await a_year(books)
    trail = (await books.reconcile(NEW_YEAR, END)).trail
    found = {c: tuple(trail.ore(f, c) for f in trail.figures) for c in trail.parts}
    assert found == {
        "advice": (12_345, 0, 12_345, 0),
        "authority": (60_000, 60_000, 0, 0),
        "betalingsservice": (20_000, 0, 0, 20_000),
        "statement": (70_000, 25_000, 30_000, 15_000),
    }


async def test_the_bank_is_told_by_account_and_by_what_became_of_its_lines(books):
    await a_year(books)
    found = await books.reconcile(NEW_YEAR, END)
    assert [found.bank.ore(figure, "DK1") for figure in found.bank.figures] == [
        100_000,
        35_000,
        135_000,
    ]
    assert found.outcomes.ore(Figure.BANK_LINES, "payment") == 30_000
    assert found.outcomes.ore(Figure.BANK_LINES, "asked") == 7_500


@pytest.mark.parametrize(
    ("since", "until"),
    [(NEW_YEAR, END), (BEFORE, SPRING), (MAY, MAY), (JUNE, AUTUMN), (AFTER, AFTER)],
)
async def test_it_balances_over_any_period(books, since, until):
    await a_year(books)
    found = await books.reconcile(since, until)
    assert found.differences == ()
    assert found.balances


async def test_books_without_a_line_balance_and_are_empty(books):
    found = await books.reconcile(NEW_YEAR, END)
    assert found.balances
    assert found.is_empty


async def test_one_period_closes_where_the_next_one_opens(books):
    await a_year(books)
    first = await books.reconcile(BEFORE, date(2026, 5, 31))
    second = await books.reconcile(JUNE, END)
    for one, other in (("arrears", "opening"), ("recovery", "there-opening")):
        closed, opened = getattr(first, one), getattr(second, one)
        assert closed.ore(closed.figures[-1]) == opened.ore(Figure(other))
    assert first.money.ore(Figure.MONEY_CLOSING) == second.money.ore(Figure.MONEY_OPENING)


@pytest.mark.parametrize("figure", Figure)
async def test_the_lines_of_each_figure_are_the_figure(books, figure):
    await a_year(books)
    found = await books.reconcile(SPRING, AUTUMN)
    parts = {part for other, part in found.cells if other is figure}
    assert parts or figure is Figure.THERE_OPENING
    for part in parts:
        lines = await books.lines(figure, part, SPRING, AUTUMN)
        assert sum(line.ore for line in lines) == found.cells[figure, part]
        assert len({line.place for line in lines}) == len(lines)
    everything = await books.lines(figure, None, SPRING, AUTUMN)
    assert sum(line.ore for line in everything) == sum(found.cells[figure, p] for p in parts)


def test_each_figure_is_defined_once():
    defined = [figure for rows in ALL_ROWS for figure in rows.of]
    assert sorted(defined) == sorted(Figure)


async def test_an_entry_past_the_guards_is_found_at_its_claim(books):
    old, *_ = await a_year(books)
    await books.past_the_guards(
        """insert into ledger_entries (claim_id, seq, kind, amount_ore, effective_on, booked_on,
          actor, rule, legal_basis, facts)
        values (:claim, 99, 'fee', 1, :on, :on, 'bent', '', '', '{}')""",
        claim=old, on=AUTUMN,
    )  # fmt: skip
    found = await books.reconcile(NEW_YEAR, END)
    assert Difference("claim", old, 165_813, 165_812) in found.differences
    assert Difference("balances-there", "parking-fee", 165_813, 165_812) in found.differences


async def test_a_balance_changed_past_the_guards_is_found_at_its_claim(books):
    *_, care = await a_year(books)
    await books.past_the_guards("update claims set balance_ore = 141901 where id = :id", id=care)
    of_claim = Difference("claim", care, 141_900, 141_901)
    of_type = Difference("balances", "day-care", 141_900, 141_901)
    for last in (END, AUTUMN):  # the last day on which something was booked
        assert (await books.reconcile(NEW_YEAR, last)).differences == (of_claim, of_type)
    earlier = await books.reconcile(NEW_YEAR, AUTUMN - timedelta(days=1))
    assert earlier.differences == (of_claim,)


async def test_a_payment_that_kept_an_ore_is_found_by_its_name(books):
    await a_year(books)
    name = await books.value(
        "select source_reference from payments where channel = 'advice'",
    )
    await books.past_the_guards("update payments set unused_ore = 12344 where channel = 'advice'")
    assert (await books.reconcile(NEW_YEAR, END)).differences == (
        Difference("payment", name, 12_345, 12_344),
        Difference("unplaced", "", 42_345, 42_344),
    )


async def test_a_transfer_of_another_amount_than_was_owed_is_found_on_both_sides(books):
    await a_year(books)
    await books.past_the_guards(
        "update transfers set amount_ore = 165811 where amount_ore = 165812"
    )
    assert (await books.reconcile(NEW_YEAR, END)).differences == (
        Difference("arrears", "parking-fee", 1, 0),
        Difference("recovery", "parking-fee", 165_811, 165_812),
    )


async def test_an_entry_that_covers_too_little_is_found_by_its_number(books):
    _, young, _ = await a_year(books)
    await books.past_the_guards(
        "update ledger_coverage set amount_ore = 36 where amount_ore = 37",
    )
    assert (await books.reconcile(NEW_YEAR, END)).differences == (
        Difference("coverage", f"{young}, 5", 37, 36),
    )


async def test_a_statement_that_does_not_add_up_or_join_is_found(books):
    await a_year(books)
    file = await books.file("juni.xml", JUNE)
    await books.statement(file, "DK1", JUNE, 135_001, 100, 135_100)
    assert (await books.reconcile(NEW_YEAR, END)).differences == (
        Difference("statement", "DK1 U0601", 135_101, 135_100),
        Difference("statement-gap", "DK1 U0601", 135_000, 135_001),
    )


async def test_a_line_of_the_bank_that_became_no_payment_is_found_in_its_file(books):
    await a_year(books)
    file = await books.file("juni.xml", JUNE)
    await books.bank_line(file, 7, 4_200, JUNE, "payment")
    await books.bank_line(file, 8, 900, JUNE, "waiting")
    assert (await books.reconcile(NEW_YEAR, END)).differences == (
        Difference("file", "juni.xml", 4_200, 0),
        Difference("waiting", "juni.xml, 8", 0, 900),
    )
    assert (await books.reconcile(AUTUMN, END)).balances


async def test_what_is_booked_after_the_period_is_no_difference(books):
    old, *_ = await a_year(books)
    await books.book(old, "interest", 77, AFTER)
    await books.payment(500, AFTER)
    found = await books.reconcile(NEW_YEAR, END)
    assert found.balances
    assert found.money.ore(Figure.MONEY_CLOSING) == 42_345
