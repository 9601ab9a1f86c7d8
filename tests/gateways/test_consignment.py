"""A letter as the printer wants it: address, document and number, and what it cannot print."""

from base64 import b64decode

import pytest

from domain.errors import GatewayRejected
from gateways.physical_post.consignment import write_consignment
from gateways.ports import Recipient
from gateways.serviceplatformen.elements import all_named, name_of, read_xml, text_of
from gateways.serviceplatformen.sandbox.letters import Refused, read_consignment
from tests.gateways.people import A_PDF, a_message, cpr_numbers
from tests.gateways.test_memo import ACCOUNT, NAMES


def a_letter(name="Karla Prøvesen", address=("Prøvevej 1", "8660 Skanderborg"), **said):
    return a_message(recipient=Recipient(cpr_numbers(1)[0], name, address), **said)


def written(message):
    return read_xml(write_consignment(message, ACCOUNT))


def test_it_carries_name_address_and_document():
    letter = written(a_letter())
    assert text_of(letter, "KombiValgKode") == "Fysisk Post"
    assert text_of(letter, "PersonName") == "Karla Prøvesen"
    assert text_of(letter, "PostalAddressFirstLineText") == "Prøvevej 1"
    assert text_of(letter, "PostalAddressSecondLineText") == "8660 Skanderborg"
    assert text_of(letter, "CountryIdentificationCode") == "DK"
    assert b64decode(text_of(letter, "MeddelelseIndholdData")) == A_PDF
    assert text_of(letter, "FilformatNavn") == "pdf"
    assert text_of(letter, "TitelTekst") == "Opkrævning"
    assert text_of(letter, "ForsendelseTypeIdentifikator") == "265"


def test_it_has_the_letters_number_and_not_its_readers():
    request = write_consignment(a_letter(), ACCOUNT)
    number = text_of(read_xml(request), "AfsendelseIdentifikator")
    assert number == ACCOUNT.uuid_of("physical-post", "letter-1")
    assert cpr_numbers(1)[0] not in request.decode()
    assert text_of(read_xml(request), "CPRnummerIdentifikator") == "0000000000"


def test_a_long_line_of_the_address_goes_on_in_the_next():
    letter = written(a_letter(address=("c/o Prøvesen, Den Meget Lange Prøvevej 117, 2. tv",)))
    [address] = all_named(letter, "ModtagerAdresse")
    lines = [one.text for one in address if name_of(one).startswith("PostalAddress")]
    assert lines == ["c/o Prøvesen, Den Meget Lange", "Prøvevej 117, 2. tv"]


@pytest.mark.parametrize("name", NAMES, ids=["markup", "long", "lines", "not-xml", "wide"])
def test_any_name_can_be_printed(name):
    letter = read_consignment(write_consignment(a_letter(name, (name[:60],)), ACCOUNT))
    assert letter.message.recipient.name.startswith(name[:1])
    assert letter.message.document == A_PDF


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (a_letter(document=b""), "no-document"),
        (a_letter(address=()), "no-address"),
        (a_letter(address=("  ",)), "no-address"),
        (a_letter(address=("Prøvevej 1",) * 7), "long-address"),
    ],
)
def test_what_nobody_could_deliver_is_not_sent(message, code):
    with pytest.raises(GatewayRejected) as refused:
        write_consignment(message, ACCOUNT)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        lambda request: request.replace(b">0000000000<", b">1203741000<"),
        lambda request: request.replace(b">265<", b"><"),
        lambda request: request.replace(b"Fysisk Post", b"Digital Post"),
        lambda request: request.replace(b">Karla", b">" + b"K" * 131),
        lambda request: request.replace(b">JVBERi", b">SlZCRV"),
        lambda request: request[:-9],
    ],
    ids=["number", "type", "choice", "name", "document", "cut off"],
)
def test_the_sandbox_refuses_what_the_printer_would(change):
    request = write_consignment(a_letter(), ACCOUNT)
    assert change(request) != request
    with pytest.raises(Refused):
        read_consignment(change(request))


def test_the_letter_read_is_the_letter_written():
    message = a_letter()
    found = read_consignment(write_consignment(message, ACCOUNT)).message
    uuid = ACCOUNT.uuid_of("physical-post", "letter-1")
    assert found.recipient.address == message.recipient.address
    assert (found.message_id, found.subject) == (uuid, message.subject)
