"""Who is shown an address that is protected (CPR-lovens § 28), and who is not."""

from typing import Any

from domain.authority import Actor, may_read_address
from domain.errors import NotAllowed


def address_for(actor: Actor, debtor: Any) -> list[str]:
    """Empty where it is protected and the actor's role does not need it."""
    if may_read_address(actor, is_protected=debtor["is_protected"]):
        return list(debtor["address"])
    return []


def require_address(actor: Actor, debtor: Any) -> None:
    """For what is of no use without its address. Raises NotAllowed."""
    if not may_read_address(actor, is_protected=debtor["is_protected"]):
        raise NotAllowed(f"{actor.role} does not need an address that is protected")
