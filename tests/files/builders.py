"""Files for tests, small or long, in which no two rows share a reference unless they must."""

from uuid import uuid4

HEAD = "fagsystem;løbenummer;kravtype;cpr_cvr;navn;beløb;periode_fra;periode_til;forfaldsdato"
NAMES = HEAD.split(";")


def a_source():
    """A line-of-business system of its own, so that tests can share a database."""
    return f"prøve-{uuid4().hex[:12]}"


def a_row(source, number, **changes):
    row = {
        "fagsystem": source,
        "løbenummer": str(number),
        "kravtype": "day-care",
        "cpr_cvr": "0703790123",
        "navn": "Karla Prøvesen",
        "beløb": f"{number},50",
        "periode_fra": "2026-01-01",
        "periode_til": "2026-01-31",
        "forfaldsdato": "2026-01-05",
    }
    return ";".join((row | changes).values())


def a_table(*rows, head=HEAD):
    return "\r\n".join((head, *rows, "")).encode()


def a_mixed_table(source, count):
    """Every tenth amount is wrong, every seventeenth reference stands there already."""
    rows = []
    for number in range(1, count + 1):
        changes = {}
        if number % 10 == 0:
            changes["beløb"] = "1.234"
        if number % 17 == 0:
            changes["løbenummer"] = str(number - 1)
        rows.append(a_row(source, number, **changes))
    return a_table(*rows)
