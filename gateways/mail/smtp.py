"""Mails by SMTP: one connection a mail, text and HTML beside each other, no word of it logged."""

import ssl
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib
from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from domain.errors import GatewayUnavailable
from gateways.mail.account import MailAccount
from gateways.message_ports import Mail, MailAnswer, MailOutcome

_TIMEOUT_SECONDS = 15
_NAME = "mail"
_FINAL = 500  # from here on SMTP's answers are no, below they are not yet


class SmtpMailer:
    def __init__(self, account: MailAccount, tls: ssl.SSLContext | None = None) -> None:
        """*tls*: whom to trust; by default those the machine does."""
        self._account, self._tls = account, tls

    async def send(self, mail: Mail) -> MailAnswer:
        """As `Mailer.send`. A server that does not speak TLS, or is another, does not answer."""
        account = self._account
        try:
            await aiosmtplib.send(
                compose(mail, account),
                hostname=account.host,
                port=account.port,
                username=account.user,
                password=account.password,
                use_tls=account.security == "tls",
                start_tls=account.security == "starttls",
                tls_context=self._tls,
                timeout=_TIMEOUT_SECONDS,
            )
        except SMTPRecipientsRefused as refused:
            return _answer(refused.recipients[0].code)
        except aiosmtplib.SMTPAuthenticationError as error:  # ours to mend, whatever its code
            raise GatewayUnavailable(_NAME) from error
        except SMTPResponseException as refused:
            return _answer(refused.code)
        except (SMTPException, OSError, ValueError) as error:
            raise GatewayUnavailable(_NAME) from error
        return MailAnswer(MailOutcome.TAKEN)


def _answer(code: int) -> MailAnswer:
    return MailAnswer(MailOutcome.REFUSED if code >= _FINAL else MailOutcome.PUT_OFF, code)


def compose(mail: Mail, account: MailAccount) -> EmailMessage:
    """The same bytes under the same id each time, so that who has it takes no second one."""
    message = EmailMessage()
    message["From"] = account.sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.mail_id}@{account.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    message.set_content(mail.plain)
    message.add_alternative(mail.html, subtype="html")
    message.set_boundary(f"={mail.mail_id}=")
    return message
