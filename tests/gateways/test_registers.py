"""Registers tell what was entered, to everyone who asks."""

from datetime import date

import pytest

from domain.errors import GatewayUnavailable
from gateways.choose import choose
from gateways.ports import PersonStatus, RegisterEntry
from gateways.registers.sandbox import RegistersBehaviour, SandboxRegisters
from tests.gateways.people import cpr_numbers

TODAY = date(2026, 3, 2)
[KARLA] = cpr_numbers(1)


def _entry(status=PersonStatus.ALIVE):
    return RegisterEntry(KARLA, "Karla Prøvesen", ("Prøvevej 1", "8660 Prøveby"), status, True)


async def test_a_person_nobody_entered_is_unknown(tmp_path):
    assert await choose(tmp_path).registers.look_up(KARLA, TODAY) is None


@pytest.mark.parametrize("status", PersonStatus)
async def test_what_was_entered_is_found_by_another_process(tmp_path, status):
    SandboxRegisters(tmp_path).enter(_entry(status))
    assert await choose(tmp_path).registers.look_up(KARLA, TODAY) == _entry(status)


async def test_what_was_entered_last_is_true(tmp_path):
    registers = SandboxRegisters(tmp_path)
    registers.enter(_entry())
    registers.enter(_entry(PersonStatus.DEAD))
    found = await registers.look_up(KARLA, TODAY)
    assert found.status is PersonStatus.DEAD


async def test_an_outage_is_told_as_one(tmp_path):
    registers = SandboxRegisters(tmp_path)
    registers.enter(_entry())
    registers.behave(RegistersBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await registers.look_up(KARLA, TODAY)
    registers.behave(RegistersBehaviour())
    assert await registers.look_up(KARLA, TODAY) == _entry()
