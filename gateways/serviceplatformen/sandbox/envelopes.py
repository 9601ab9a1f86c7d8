"""Writes what Beskedfordeleren tells of a letter, as `statuses` reads it."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from lxml import etree

from gateways.ports import PostOutcome
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST
from gateways.serviceplatformen.sandbox.building import build
from gateways.serviceplatformen.statuses import (
    DELIVERED_DIGITALLY,
    FAILED,
    NEWS_FROM_THE_POST,
    RECEIVED_BY_PRINTER,
    RECEIVED_DIGITALLY,
    TAKEN_BY_THE_POST,
)

_OURS = UUID("c8a0f1de-6f5f-4f2e-8d6a-0b5a3c1d2e4f")
_ENVELOPE = "urn:oio:besked:kuvert:1.0"
_STATUS = "http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types"
_CHANNELS = {DIGITAL_POST: "Digital Post", PHYSICAL_POST: "Fysisk Post"}
_ON_ITS_WAY = {DIGITAL_POST: RECEIVED_DIGITALLY, PHYSICAL_POST: RECEIVED_BY_PRINTER}
_DELIVERED = {DIGITAL_POST: DELIVERED_DIGITALLY, PHYSICAL_POST: TAKEN_BY_THE_POST}
_WORDS = {
    FAILED: "Fejlet",
    RECEIVED_DIGITALLY: "Modtaget Digital Post",
    DELIVERED_DIGITALLY: "Afleveret Digital Post",
    RECEIVED_BY_PRINTER: "Modtaget Fjernprint",
    TAKEN_BY_THE_POST: "Modtaget Post Danmark",
    NEWS_FROM_THE_POST: "Opdatering fra Post Danmark",
}


@dataclass(frozen=True, slots=True)
class News:
    """No *outcome*: the letter has come to the counterpart, and nothing more."""

    channel: str
    uuid: str
    name: str
    outcome: PostOutcome | None
    at: datetime

    @property
    def key(self) -> str:
        return f"{self.channel}-{self.uuid}-{self.outcome or 'received'}"


def write_envelope(news: News) -> bytes:
    make = partial(build, namespace=_ENVELOPE)
    happening = make("ObjektHandling", make("UUIDIdentifikator", _happening(news)))
    at = make("Registreringstidspunkt", news.at.isoformat())
    envelope = make(
        "Haendelsesbesked",
        make("BeskedId", make("UUIDIdentifikator", str(uuid5(_OURS, news.key)))),
        make("Beskedkuvert", make("Filtreringsdata", make("ObjektRegistrering", happening, at))),
        make("Beskeddata", make("Base64", b64encode(_status(news)).decode())),
    )
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def _status(news: News) -> bytes:
    make = partial(build, namespace=_STATUS)
    happening, is_digital = _happening(news), news.channel == DIGITAL_POST
    status = make(
        "PKO_PostStatus",
        make("MessageUUID" if is_digital else "AfsendelseIdentifikator", news.uuid),
        make("MessageId", news.name) if news.name else None,
        make("KanalKode", _CHANNELS[news.channel]),
        make("TransaktionsDatoTid", news.at.isoformat()),
        make("TransaktionsStatusKode", _WORDS[happening]),
        make("FejlDetaljer", make("FejlKode", "1"), make("FejlTekst", str(news.outcome)))
        if happening == FAILED
        else None,
    )
    return etree.tostring(status)


def _happening(news: News) -> str:
    match news.outcome:
        case None:
            return _ON_ITS_WAY[news.channel]
        case PostOutcome.DELIVERED:
            return _DELIVERED[news.channel]
        case PostOutcome.RETURNED:
            return NEWS_FROM_THE_POST
        case _:
            return FAILED
