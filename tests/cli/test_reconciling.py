"""The reconciliation as an operator asks for it, in a process of its own."""

import asyncio
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from persistence.database import Database
from policies.loading import load_policy
from tests.reports.books import Books

ROOT = Path(__file__).parents[2]
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)
YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")


@pytest.fixture
async def books(database_url):
    database = Database(database_url, 2)
    yield Books(database, load_policy("skanderborg"))
    await database.close()


async def rettidig(database_url, *arguments):
    environment = os.environ | {"RETTIDIG_DATABASE_URL": database_url}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "cli", "reconcile", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


async def test_books_that_balance_are_shown_in_danish_and_english(books, database_url):
    await books.pay(await books.claim(MAY), 40_000, JUNE)
    danish = await rettidig(database_url, *YEAR)
    assert danish.returncode == 0, danish.stderr
    assert "Restance ved periodens slut" in danish.stdout
    assert "-400,00" in danish.stdout
    assert "600,00" in danish.stdout
    assert "Det stemmer: hver øre er, hvor bøgerne siger." in danish.stdout
    english = await rettidig(database_url, *YEAR, "--english")
    assert "Arrears at the end of the period" in english.stdout
    assert "It balances" in english.stdout


async def test_an_ore_too_many_is_named_with_its_place_and_the_command_fails(books, database_url):
    claim = await books.claim(MAY)
    await books.past_the_guards("update claims set balance_ore = balance_ore + 1")
    answer = await rettidig(database_url, *YEAR)
    assert answer.returncode == 1
    assert (
        f"Saldoen for kravet {claim}: skulle være 1.000,00 kr., er 1.000,01 kr. Forskel: 1 øre."
        in answer.stdout
    )


async def test_the_lines_of_a_figure_end_with_their_sum(books, database_url):
    claim = await books.claim(MAY)
    await books.pay(claim, 40_000, JUNE)
    await books.pay(claim, 100, JUNE)
    answer = await rettidig(database_url, *YEAR, "--lines", "paid")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count(claim) == 2
    assert answer.stdout.splitlines()[-1] == "I alt: -401,00"
    none = await rettidig(database_url, *YEAR, "--lines", "paid", "--part", "rent", "--english")
    assert "There are no lines behind the figure." in none.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "2026-13-01"), "findes ikke i kalenderen"),
        (("--to", "i morges"), "Datoen »i morges« kan ikke læses"),
        (("--from", "2026-06-02", "--to", "2026-06-01"), "Perioden begynder 2026-06-02"),
        (("--lines", "paind"), "Tallet »paind« kendes ikke. Vælg et af: opening, new"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_one_sentence(database_url, arguments, sentence):
    answer = await rettidig(database_url, *arguments)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1
