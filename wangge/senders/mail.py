"""Mail by SMTP."""

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import ClassVar, Literal

from pydantic import Field

from wangge.senders.channel import Busy, Channel, Outgoing, Refused, Secret, Unheard


class Mail(Channel):
    """A mail server. ``Message-ID`` is the same whenever the same message is sent again."""

    needs: ClassVar[tuple[str, ...]] = ("host", "sender")
    addresses: ClassVar[tuple[str, ...]] = ()

    kind: Literal["mail"]
    host: str = ""
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    sender: str = ""
    user: str | None = None
    password: Secret | None = None

    def send(self, message: Outgoing) -> str:
        """Send it to the mail address of whoever is told."""
        if not message.mail:
            raise Refused("no mail address")
        try:
            letter = self._letter(message)
        except (ValueError, IndexError, MessageError):
            raise Refused("wrong mail address") from None
        handed_over = False
        try:
            with self._connect() as server:
                if self.user is not None and self.password is not None:
                    server.login(self.user, self.password.value())
                handed_over = True
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _told(codes[0]) from None
        except smtplib.SMTPServerDisconnected:
            # Between the letter's end and the server's word nobody knows.
            raise (Unheard if handed_over else Busy)("disconnected") from None
        except smtplib.SMTPResponseException as error:
            raise _told(error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise (Unheard if handed_over else Busy)(type(error).__name__) from None
        return ""

    def _letter(self, message: Outgoing) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(addr_spec=self.sender)
        letter["To"] = Address(addr_spec=message.mail)
        letter["Subject"] = message.subject
        letter["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        letter.set_content(message.text, cte="base64")
        return letter

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        return server


def _told(code: int) -> Exception:
    """Give what a reply means: 4xx come again, 5xx never."""
    return (Busy if 400 <= code < 500 else Refused)(f"smtp {code}")
