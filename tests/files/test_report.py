"""What the sender is told of each kind of bad input, word for word, in Danish and English."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.files.builders import a_row, a_source, a_table

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DOMAIN = ("notation", "claim_fields", "registration", "identity")

WHOLE_FILES = {
    "empty": (b"", "Filen er tom.", "The file is empty."),
    "only a byte order mark": (b"\xef\xbb\xbf", "Filen er tom.", "The file is empty."),
    "only a header": (a_table(), "Filen har ingen rækker.", "The file has no rows."),
    "no header": (
        b"1;2;3\r\n",
        "Første linje skal være overskrifter, men ingen af dem kendes: »1;2;3«.",
        "The first line must be headings, but none of them is known: “1;2;3”.",
    ),
    "DOS letters": (
        a_table(a_row("x", 1, navn="Søren")).decode().encode("cp865"),
        "Filens bogstaver kan ikke genkendes. Gem den som UTF-8 eller Windows-1252 (ANSI).",
        "The letters of the file cannot be recognised. Save it as UTF-8 or Windows-1252 (ANSI).",
    ),
    "UTF-16": (
        a_table().decode().encode("utf-16"),
        "Filen er gemt som UTF-16 (Unicode-tekst). Gem den som »CSV UTF-8«.",
        "The file is saved as UTF-16 (Unicode text). Save it as “CSV UTF-8”.",
    ),
    "a spreadsheet": (
        b"PK\x03\x04",
        "Filen er et regneark. Gem det som »CSV UTF-8« og send den fil.",
        "The file is a spreadsheet. Save it as “CSV UTF-8” and send that file.",
    ),
    "no text": (b"\x00\x01", "Filen er ikke en tekstfil.", "The file is not a text file."),
    "one JSON object": (
        b'{\n"source": "x"}',
        "Filen er ét JSON-objekt over flere linjer. Send en liste [ … ] eller ét objekt pr. linje.",
        "The file is one JSON object over several lines. Send a list [ … ] or one object a line.",
    ),
}

ROWS = {
    "a line of 10 MB": (
        a_table("x" * 10_000_000),
        (2, ""),
        "Rækken er på 10000002 tegn; der er plads til 65536. Rækken er sprunget over.",
        "The row has 10000002 characters; there is room for 65536. The row was skipped.",
    ),
    "a JSON list that is cut off": (
        b'[{"source": "x',
        (1, ""),
        "Filen er klippet af her. Rækkerne før er læst; send resten igen.",
        "The file is cut off here. The rows before were read; send the rest again.",
    ),
    "a JSON list that is broken": (
        b'[{"source" "x"}]',
        (1, ""),
        (
            "Filen er ikke gyldig JSON herfra. Rækkerne før er læst; resten er ikke. "
            "Ret den og send den igen."
        ),
        (
            "The file is not valid JSON from here on. The rows before were read, the rest was not. "
            "Mend it and send it again."
        ),
    ),
    "a JSON line that is cut off": (
        b'{"source": "x',
        (1, ""),
        "Linjen er klippet af midt i et JSON-objekt. Linjen er sprunget over.",
        "The line is cut off in the middle of a JSON object. The line was skipped.",
    ),
    "a JSON line that is broken": (
        b'{"source" "x"}',
        (1, ""),
        "Linjen er ikke gyldig JSON. Linjen er sprunget over.",
        "The line is not valid JSON. The line was skipped.",
    ),
    "a JSON row that is no object": (
        b"[17]",
        (1, ""),
        "Rækken er ikke et JSON-objekt med felter.",
        "The row is not a JSON object with fields.",
    ),
}


async def told(desk, content):
    file_id = await desk.read(content)
    danish, english = await desk.report(file_id, "da"), await desk.report(file_id, "en")
    return [
        ((da.row, da.field), da.sentence, en.sentence)
        for da, en in zip(danish, english, strict=True)
        if da.code != "cpr-mod-11"
    ]


@pytest.mark.parametrize("language", ["da", "en"])
async def test_the_example_with_errors_shows_each_kind_once(desk, language):
    """The report lies beside the example, so that a newcomer can read both."""
    file_id = await desk.read((EXAMPLES / "claims-with-errors.csv").read_bytes())
    found = [
        f"{at.row} | {at.field} | {at.sentence}"
        for at in await desk.report(file_id, language)
        if at.code != "cpr-mod-11"
    ]
    expected = EXAMPLES / "reports" / f"claims-with-errors.{language}.txt"
    assert found == expected.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", WHOLE_FILES)
async def test_a_file_refused_whole_says_why(desk, name):
    content, danish, english = WHOLE_FILES[name]
    assert await told(desk, content) == [((0, ""), danish, english)]


@pytest.mark.parametrize("name", ROWS)
async def test_a_row_that_cannot_be_read_says_why(desk, name):
    content, *expected = ROWS[name]
    assert await told(desk, content) == [tuple(expected)]


async def test_a_missing_column_says_what_it_may_be_called(desk):
    table = a_table("x;1", head="fagsystem;løbenummer")
    assert (
        (0, "principal"),
        "Kolonnen mangler. Den kan hedde: principal / beløb / hovedstol.",
        "The column is missing. It may be called: principal / beløb / hovedstol.",
    ) in await told(desk, table)


async def test_a_known_claim_and_another_claim_are_told_apart(desk):
    source = a_source()
    await desk.read(a_table(a_row(source, 1), a_row(source, 2)))
    again = a_table(a_row(source, 1), a_row(source, 2, beløb="77"))
    claim_id = (await desk.ids(source))[0]
    assert await told(desk, again) == [
        (
            (2, "løbenummer"),
            f"Kravet er allerede oprettet som {claim_id}. Intet er ændret.",
            f"The claim is already registered as {claim_id}. Nothing was changed.",
        ),
        (
            (3, "løbenummer"),
            "Referencen er allerede brugt til et andet krav fra samme fagsystem. Intet er ændret.",
            (
                "The reference is already used for another claim from the same system. "
                "Nothing was changed."
            ),
        ),
    ]


async def test_a_cpr_that_fails_modulus_11_is_a_warning(desk):
    file_id = await desk.read(a_table(a_row(a_source(), 1)))
    (danish,), (english,) = await desk.report(file_id, "da"), await desk.report(file_id, "en")
    assert danish.is_warning
    assert danish.sentence == (
        "CPR-nummeret opfylder ikke modulus 11. Det kan være rigtigt (siden oktober 2007), "
        "men kontrollér det."
    )
    assert english.sentence == (
        "The CPR number fails modulus 11. It may be right (since October 2007), but check it."
    )


@pytest.mark.parametrize("name", ["claims.csv", "claims.json"])
async def test_the_other_examples_have_no_faults(desk, name):
    assert await told(desk, (EXAMPLES / name).read_bytes()) == []


def catalogue(language):
    with (ROOT / "locale" / language / "files.toml").open("rb") as file:
        return tomllib.load(file)


def test_both_languages_say_the_same_with_the_same_values():
    danish, english = catalogue("da"), catalogue("en")
    assert list(danish) == list(english)
    for code, text in danish.items():
        assert _values(text) == _values(english[code]), code


def _values(text):
    return sorted(set(re.findall(r"{(\w+)}", text)))


def test_every_code_has_a_sentence_and_every_sentence_a_code():
    sources = [
        *(ROOT / "gateways" / "claim_files").glob("*.py"),
        *(ROOT / "domain" / f"{name}.py" for name in DOMAIN),
        *(ROOT / "activities").glob("*files.py"),
        *(ROOT / "activities").glob("*teller.py"),
        *(s for s in (ROOT / "gateways" / "bank").glob("*.py") if "sandbox" not in s.name),
        *(ROOT / "gateways" / "betalingsservice").glob("*.py"),
        ROOT / "persistence" / "files" / "received.py",
        ROOT / "workers" / "inbox.py",
    ]
    text = "\n".join(source.read_text() for source in sources)
    used = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', text))
    no_codes = {
        "charge-back",
        "charged-back",
        "utf-8",
        "utf-8-sig",
        "windows-1252",
        "look-through-claims",
    }
    assert used - no_codes == set(catalogue("da"))
