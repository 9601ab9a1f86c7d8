"""People and letters that belong to nobody."""

from gateways.ports import PostMessage, Recipient

A_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def cpr_numbers(count):
    """Numbers no one was ever given: born in 1974 with a check digit that does not check."""
    serials = (f"120374{serial:04d}" for serial in range(1000, 4999))
    belonging_to_nobody = (
        number
        for number in serials
        if sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=True)) % 11
    )
    return [next(belonging_to_nobody) for _ in range(count)]


def a_message(message_id="letter-1", national_id=None, body="Kære Karla", **said):
    address = ("Prøvevej 1", "8660 Skanderborg")
    recipient = Recipient(national_id or cpr_numbers(1)[0], "Karla Prøvesen", address)
    said = {"is_legal_notification": True, "document": A_PDF, **said}
    return PostMessage(message_id, said.pop("recipient", recipient), "Opkrævning", body, **said)
