"""What may be corrected of a claim at the recovery authority, and what a correction would do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from domain.authority import Actor
from domain.recovery.actions import ActionKind
from domain.recovery.corrections import moved_by
from persistence.claims.case_reading import letters_in_tray
from persistence.claims.standings import read_standing
from persistence.recovery.correctable import CorrectableClaim, read_correctable
from persistence.recovery.correcting import Correction, correct_there


@dataclass(frozen=True, slots=True)
class Foreseen:
    """In øre, what is owed here, and what lies there of the claim that is corrected.

    *deadline*: until when the debtors have time before a raise is sent; *letters*: how many hear.
    """

    kind: ActionKind
    reference: str
    here_now: int
    here_then: int
    there_now: int
    there_then: int
    principal_now: int
    principal_then: int
    is_called_off: bool
    letters: int
    deadline: date | None


async def read_claim(connection: AsyncConnection, claim_id: str, on: date) -> CorrectableClaim:
    """Raises NotFound; Conflict for a claim that is not there."""
    return await read_correctable(connection, await read_standing(connection, claim_id, on))


async def foresee_correction(
    house: House, claim_id: str, wish_of: Callable[[CorrectableClaim], Correction], actor: Actor
) -> Foreseen:
    """Found by doing it, and taking it back. Raises whatever the correction raises."""
    on = house.today
    async with house.database.trial() as connection:
        claim = await read_claim(connection, claim_id, on)
        wish = wish_of(claim)
        before = await read_standing(connection, claim_id, on)
        known = {row["id"] for row in await letters_in_tray(connection, claim_id)}
        await correct_there(connection, house.policy, claim_id, wish, on, actor)
        after = await read_standing(connection, claim_id, on)
        new = [r for r in await letters_in_tray(connection, claim_id) if r["id"] not in known]
    return _foreseen(claim, wish, before["balance_ore"], after["balance_ore"], new)


def _foreseen(
    claim: CorrectableClaim,
    wish: Correction,
    here_now: int,
    here_then: int,
    letters: Sequence[Mapping[str, Any]],
) -> Foreseen:
    part = claim.part(wish.reference)
    assert part, "what was corrected lies there"
    done = next((one for one in part.done if one.action_id == wish.undoes), None)
    is_called_off = done is not None and not done.is_sent
    moved = 0 if is_called_off else moved_by(wish.kind, wish.amount).ore
    principal = part.lying.principal.ore
    is_principal = wish.kind is ActionKind.RAISE_PRINCIPAL
    return Foreseen(
        kind=wish.kind,
        reference=wish.reference,
        here_now=here_now,
        here_then=here_then,
        there_now=part.lying.left.ore,
        there_then=part.lying.left.ore + moved,
        principal_now=principal,
        principal_then=wish.amount.ore if is_principal else principal,
        is_called_off=is_called_off,
        letters=len(letters),
        deadline=max((row["deadline"] for row in letters), default=None),
    )
