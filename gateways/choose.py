"""Which counterparts the house talks to: real ones for post, mail, messages; else sandboxes."""

from dataclasses import dataclass
from pathlib import Path

from gateways.betalingsservice.gateway import SandboxDirectDebit
from gateways.digital_post.sandbox import SandboxDigitalPost
from gateways.mail.account import MailAccount
from gateways.mail.smtp import SmtpMailer
from gateways.message_ports import Hooks, Mailer
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
from gateways.property_ports import OwnerRegister
from gateways.recovery_authority.sandbox import SandboxRecoveryAuthority
from gateways.registers.owners import SandboxOwnerRegister
from gateways.registers.sandbox import SandboxRegisters
from gateways.serviceplatformen.account import Account
from gateways.serviceplatformen.post import (
    ServiceplatformenDigitalPost,
    ServiceplatformenPhysicalPost,
)
from gateways.webhooks.http import HttpHooks
from traces.counterparts import followed


@dataclass(frozen=True, slots=True)
class Gateways:
    digital_post: DigitalPost
    physical_post: PhysicalPost
    recovery_authority: RecoveryAuthority
    registers: Registers
    nemkonto: NemKonto
    direct_debit: DirectDebit
    owners: OwnerRegister
    mailer: Mailer | None
    hooks: Hooks


def choose(
    folder: Path,
    post: Account | None = None,
    mail: MailAccount | None = None,
    *,
    allows_loopback: bool = False,
) -> Gateways:
    """*folder* is where the sandboxes keep their state, and the real post its book.

    Without *mail* nobody is mailed. *allows_loopback*: messages go to this machine too.
    """
    return Gateways(
        followed("digital-post", _digital_post(folder, post)),
        followed("physical-post", _physical_post(folder, post)),
        followed("recovery-authority", SandboxRecoveryAuthority(folder)),
        followed("registers", SandboxRegisters(folder)),
        followed("nemkonto", SandboxNemKonto(folder)),
        followed("direct-debit", SandboxDirectDebit(folder)),
        followed("owners", SandboxOwnerRegister(folder)),
        followed("mail", SmtpMailer(mail)) if mail else None,
        followed("webhooks", HttpHooks(allows_loopback=allows_loopback)),
    )


def _digital_post(folder: Path, post: Account | None) -> DigitalPost:
    return ServiceplatformenDigitalPost(post, folder) if post else SandboxDigitalPost(folder)


def _physical_post(folder: Path, post: Account | None) -> PhysicalPost:
    return ServiceplatformenPhysicalPost(post, folder) if post else SandboxPhysicalPost(folder)
