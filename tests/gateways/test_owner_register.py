"""The register of owners tells who owns a property, to every process; and may be out."""

from datetime import date

import pytest

from domain.errors import GatewayUnavailable
from gateways.choose import choose
from gateways.property_ports import PropertyEntry, PropertyOwner
from gateways.registers.owners import SandboxOwnerRegister
from gateways.registers.sandbox import RegistersBehaviour

TODAY = date(2026, 3, 2)
EA = PropertyOwner("2302580789", "Ea Ejersen", ("Andetvej 2", "8660 By"), (1, 3))
HOUSE = PropertyEntry("5381234", "Prøvevej 1, 8660 By", (EA,))


async def test_an_unknown_property_has_no_entry(tmp_path):
    assert await choose(tmp_path).owners.look_up("5381234", TODAY) is None


async def test_what_was_entered_is_told_whole_and_the_last_entry_counts(tmp_path):
    SandboxOwnerRegister(tmp_path).enter(HOUSE)
    assert await choose(tmp_path).owners.look_up("5381234", TODAY) == HOUSE
    sold = PropertyEntry(HOUSE.number, HOUSE.address, ())
    SandboxOwnerRegister(tmp_path).enter(sold)
    assert await choose(tmp_path).owners.look_up("5381234", TODAY) == sold


async def test_a_register_that_is_out_says_so_and_comes_back(tmp_path):
    register = SandboxOwnerRegister(tmp_path)
    register.enter(HOUSE)
    register.behave(RegistersBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await register.look_up("5381234", TODAY)
    register.behave(RegistersBehaviour())
    assert await register.look_up("5381234", TODAY) == HOUSE


def test_nobody_reads_an_owners_number_in_a_log():
    assert "2302580789" not in repr(HOUSE)
