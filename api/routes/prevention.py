"""Who always pays, but late: found, offered help, and followed."""

from fastapi import APIRouter

from api.dependencies import LetterWriter, TheHouse
from api.prevention_words import no_words, other_due_day
from api.routes.describing import problems
from api.schemas.prevention import LatePayer, OfferBody, Offered, OfferEffect, Prevention
from persistence.steering.prevention import find_late_payers, offer_direct_debit, read_effect

router = APIRouter(prefix="/prevention", tags=["figures"])
_EFFECT = tuple(OfferEffect.model_fields)


@router.get("", operation_id="readPrevention", responses=problems())
async def get_prevention(house: TheHouse, _: LetterWriter) -> Prevention:
    """List who pays late again and again and leaves nothing, and whether offers have helped."""
    rule = house.policy.prevention.on_or_first(house.today)
    async with house.database.transaction() as connection:
        found = await find_late_payers(connection, rule, house.today)
        effect = await read_effect(connection, rule, house.today)
    names = tuple(LatePayer.model_fields)
    return Prevention(
        months=rule.months,
        late_claims=rule.late_claims,
        effect_months=rule.effect_months,
        items=[LatePayer(**{name: row[name] for name in names}) for row in found],
        effect=OfferEffect(**{name: getattr(effect, name) for name in _EFFECT}),
    )


@router.post("", operation_id="offerDirectDebit", responses=problems(422))
async def post_offer(body: OfferBody, house: TheHouse, actor: LetterWriter) -> Offered:
    """Offer direct debit by letter to those named who are on the list and had no offer."""
    rule = house.policy.prevention.on_or_first(house.today)
    words = other_due_day(house.policy) if body.offers_other_day else no_words
    async with house.database.transaction() as connection:
        count = await offer_direct_debit(
            connection, house.policy, rule, body.debtor_ids, house.today, actor, words
        )
    return Offered(letters=count)
