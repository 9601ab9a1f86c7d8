"""The signed envelope around a message; what seals it is a sandbox's key, by the port `Signer`."""

import base64
import hashlib
import hmac

from lxml import etree

from gateways.recovery_authority.messages_v1.elements import UnreadableMessage

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_KEY = b"sandbox"


class SandboxSigner:
    """Seals the body so that its counterpart knows when it was changed on the way."""

    def __init__(self, key: bytes = _KEY) -> None:
        self._key = key

    def sign(self, document: bytes) -> bytes:
        envelope = etree.Element(f"{{{_ENVELOPE}}}Envelope")
        header = etree.SubElement(envelope, f"{{{_ENVELOPE}}}Header")
        etree.SubElement(header, f"{{{_SECURITY}}}Security").text = self._seal(document)
        body = etree.SubElement(envelope, f"{{{_ENVELOPE}}}Body")
        body.text = base64.b64encode(document).decode("ascii")
        return etree.tostring(envelope)

    def opened(self, envelope: bytes) -> bytes:
        """The document in it. Raises UnreadableMessage for one that nobody we know has signed."""
        try:
            root = etree.fromstring(
                envelope, etree.XMLParser(resolve_entities=False, no_network=True)
            )
            seal = root.findtext(f"{{*}}Header/{{{_SECURITY}}}Security") or ""
            document = base64.b64decode(root.findtext("{*}Body") or "", validate=True)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise UnreadableMessage("Envelope", "cannot be opened") from error
        if not hmac.compare_digest(seal, self._seal(document)):
            raise UnreadableMessage("Envelope/Header/Security", "signature does not fit")
        return document

    def _seal(self, document: bytes) -> str:
        return hmac.new(self._key, document, hashlib.sha256).hexdigest()
