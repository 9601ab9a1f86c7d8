"""What a letter is to the printer: a consignment (forsendelse) in the format of OIO fjernprint."""

from base64 import b64encode
from textwrap import wrap

from python_serviceplatformen.models import (
    physical_mail as oio,
)
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

from domain.errors import GatewayRejected
from gateways.ports import PostMessage, Recipient
from gateways.serviceplatformen.account import PHYSICAL_POST, Account
from gateways.serviceplatformen.texts import on_one_line

_LONGEST_NAME = 130
_LONGEST_TITLE = 256
_LONGEST_LINE = 34
_NOBODY = "0000000000"  # What the printer wants to see: the letter goes to an address.
_LINES = (
    ("postal_address_first_line_text", oio.PostalAddressFirstLineText),
    ("postal_address_second_line_text", oio.PostalAddressSecondLineText),
    ("postal_address_third_line_text", oio.PostalAddressThirdLineText),
    ("postal_address_fourth_line_text", oio.PostalAddressFourthLineText),
    ("postal_address_fifth_line_text", oio.PostalAddressFifthLineText),
    ("postal_address_sixth_line_text", oio.PostalAddressSixthLineText),
)
_SERIALIZER = XmlSerializer(XmlContext(), SerializerConfig(xml_declaration=False))


def write_consignment(message: PostMessage, account: Account) -> bytes:
    """The whole request for the printer. Raises GatewayRejected for what cannot be printed."""
    if not message.document:
        raise GatewayRejected(PHYSICAL_POST, "no-document", "a letter without a PDF")
    request = oio.KombiRequest(
        kombi_valg_kode="Fysisk Post",
        forsendelse_i_samling=oio.ForsendelseISamling(forsendelse_i=_consignment(message, account)),
    )
    return _SERIALIZER.render(request).encode()


def _consignment(message: PostMessage, account: Account) -> oio.ForsendelseI:
    number = account.uuid_of(PHYSICAL_POST, message.message_id)
    title = on_one_line(message.subject, _LONGEST_TITLE)
    return oio.ForsendelseI(
        afsendelse_identifikator=oio.AfsendelseIdentifikator(value=number),
        forsendelse_type_identifikator=oio.ForsendelseTypeIdentifikator(value=account.print_type),
        forsendelse_modtager=oio.ForsendelseModtager(
            afsendelse_modtager=oio.AfsendelseModtager(
                cpr_nummer_identifikator=oio.CPRnummerIdentifikator(value=_NOBODY)
            ),
            modtager_adresse=_address(message.recipient),
        ),
        filformat_navn=oio.FilformatNavn(value="pdf"),
        meddelelse_indhold_data=oio.MeddelelseIndholdData(
            value=b64encode(message.document).decode()
        ),
        transaktions_parametre_i=oio.TransaktionsParametreI(),
        dokument_parametre=oio.DokumentParametre(titel_tekst=oio.TitelTekst(value=title)),
    )


def _address(recipient: Recipient) -> oio.ModtagerAdresse:
    lines = [line for text in recipient.address for line in wrap(_line(text), _LONGEST_LINE)]
    if not lines:
        raise GatewayRejected(PHYSICAL_POST, "no-address", "a letter without an address")
    if len(lines) > len(_LINES):
        raise GatewayRejected(PHYSICAL_POST, "long-address", "an address of more than six lines")
    return oio.ModtagerAdresse(
        person_name=oio.PersonName(value=on_one_line(recipient.name, _LONGEST_NAME)),
        country_identification_code=oio.CountryIdentificationCode(
            value="DK", scheme=oio.CountryIdentificationSchemeType.ISO3166_ALPHA2
        ),
        **{
            name: kind(value=line)
            for (name, kind), line in zip(_LINES[: len(lines)], lines, strict=True)
        },
    )


def _line(text: str) -> str:
    return on_one_line(text, len(text))
