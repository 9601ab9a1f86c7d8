"""Which counterparts the house talks to. So far only sandboxes exist."""

from dataclasses import dataclass
from pathlib import Path

from gateways.betalingsservice.gateway import SandboxDirectDebit
from gateways.digital_post.sandbox import SandboxDigitalPost
from gateways.nemkonto.sandbox import SandboxNemKonto
from gateways.physical_post.sandbox import SandboxPhysicalPost
from gateways.ports import (
    DigitalPost,
    DirectDebit,
    NemKonto,
    PhysicalPost,
    RecoveryAuthority,
    Registers,
)
from gateways.recovery_authority.sandbox import SandboxRecoveryAuthority
from gateways.registers.sandbox import SandboxRegisters


@dataclass(frozen=True, slots=True)
class Gateways:
    digital_post: DigitalPost
    physical_post: PhysicalPost
    recovery_authority: RecoveryAuthority
    registers: Registers
    nemkonto: NemKonto
    direct_debit: DirectDebit


def choose(folder: Path) -> Gateways:
    """*folder* is where the sandboxes keep their state."""
    return Gateways(
        SandboxDigitalPost(folder),
        SandboxPhysicalPost(folder),
        SandboxRecoveryAuthority(folder),
        SandboxRegisters(folder),
        SandboxNemKonto(folder),
        SandboxDirectDebit(folder),
    )
