"""E-mail: sending by SMTP, and reading what comes back."""

from backend.adapters.mail.bounces import Bounce, read_bounce
from backend.adapters.mail.client import MailClient, MailDownError, MailRefusedError, MailUnclearError

__all__ = [
    "Bounce",
    "MailClient",
    "MailDownError",
    "MailRefusedError",
    "MailUnclearError",
    "read_bounce",
]
