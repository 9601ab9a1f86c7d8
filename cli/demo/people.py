"""Debtors who are nobody: names out of a hat, numbers that were never issued."""

from datetime import date, timedelta
from random import Random

from stdnum.dk import cpr, cvr

from domain.identity import parse_national_id
from domain.registration import NewDebtor

_FIRST = (
    *("Aksel", "Alma", "Anton", "Asta", "Bertil", "Birgit", "Bodil", "Carl", "Dagny", "Ebbe"),
    *("Ellen", "Elias", "Esther", "Frida", "Gerda", "Gudrun", "Hector", "Helga", "Ingrid", "Ivar"),
    *("Johanne", "Karla", "Kaj", "Laurits", "Liva", "Magnus", "Merete", "Nanna", "Otto", "Palle"),
    *("Ragnhild", "Rolf", "Sigrid", "Svend", "Thyra", "Tove", "Ulla", "Valdemar", "Vera", "Viggo"),
)
_LAST = (
    *("Attrap", "Prøvesen", "Udkast", "Forsøg", "Øvelund", "Eksempelsen", "Mønster", "Skabelon"),
    *("Papskilt", "Tænkeboks", "Opdigt", "Fabelsen", "Lånenavn", "Kulisse", "Rekvisit", "Statist"),
)
_COMPANIES = ("Tømrerfirmaet", "Café", "Bageriet", "Cykler hos", "Auto hos", "Blomster fra")
_STREETS = ("Prøvevej", "Eksempelgade", "Mønsterallé", "Øvelsesvænget", "Kulissestræde", "Fabelvej")
_TOWNS = ("8660 Skanderborg", "8680 Ry", "8464 Galten", "8362 Hørning")
_ONE_IN_COMPANIES = 9
_EARLIEST_BIRTH = date(1940, 1, 2)
_BIRTHS_WITHIN_DAYS = 60 * 365  # all before October 2007, when numbers began to fail modulus 11
_CVR_UNUSED = 9_900_000  # far above the numbers given to companies so far


def seeded(*names: object) -> Random:
    """Chance that is the same every time for the same *names*."""
    return Random("-".join(map(str, names)))  # noqa: S311 - invents people, guards nothing


def invent_debtor(number: int) -> NewDebtor:
    """The same debtor for the same *number*; different ones have different national ids."""
    random = seeded("debtor", number)
    name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
    if number % _ONE_IN_COMPANIES == 0:
        name, digits = f"{random.choice(_COMPANIES)} {name}", _cvr(number)
    else:
        digits = _cpr(random, number)
    street = f"{random.choice(_STREETS)} {random.randint(1, 98)}"
    return NewDebtor(parse_national_id(digits), name, (street, random.choice(_TOWNS)))


def _cpr(random: Random, number: int) -> str:
    """A number that fails modulus 11 with a birthday on which such numbers were not yet issued."""
    born = _EARLIEST_BIRTH + timedelta(days=number * 37 % _BIRTHS_WITHIN_DAYS)
    if (born.month, born.day) == (1, 1):
        born += timedelta(days=1)
    while True:
        digits = f"{born:%d%m%y}{random.randint(0, 3)}{random.randint(0, 999):03d}"
        if cpr.checksum(digits):
            return digits


def _cvr(number: int) -> str:
    """The check digit fits; a number for which there is none is passed over."""
    stem = _CVR_UNUSED + number * 10
    while True:
        for last in range(10):
            if cvr.is_valid(digits := f"{stem}{last}"):
                return digits
        stem += 1
