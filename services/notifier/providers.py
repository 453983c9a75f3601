"""Who carries messages and who reads the receipts of them, as the settings say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.notifier.carrier import Carrier
from services.notifier.email import Mail
from services.notifier.gateways.format import Account
from services.notifier.gateways.sending import Gateway, read_gateways
from services.notifier.receipts import door
from services.notifier.receipts.format import Reader
from services.notifier.receipts.mail import MailReceipts
from services.notifier.receipts.twilio import TwilioReceipts
from services.notifier.receipts.whatsapp_cloud import WhatsAppReceipts
from services.notifier.webhooks.sending import Webhooks
from services.notifier.webhooks.signing import read_secrets
from shared.settings import NotifierSettings, stop

Accounts = Mapping[str, Sequence[Account]]
Secrets = Mapping[str, Sequence[bytes]]


def read_accounts(settings: NotifierSettings) -> Accounts:
    """The gateways' accounts by kind; ends the process with one line where a setting is wrong."""
    accounts = {}
    for kind, gateways in (("sms", settings.sms_gateways), ("whatsapp", settings.whatsapp_gateways)):
        try:
            found = read_gateways(gateways.get_secret_value() if gateways else "")
        except ValueError as error:
            stop(f"TANGGAP_{kind.upper()}_GATEWAYS: {error}")
        if found:
            accounts[kind] = [_reporting(account, settings.notifier_url) for account in found]
    return accounts


def read_webhook_secrets(settings: NotifierSettings) -> Secrets:
    """The offices' secrets; ends the process with one line where the setting is wrong."""
    try:
        return read_secrets(settings.webhook_secrets.get_secret_value() if settings.webhook_secrets else "")
    except ValueError as error:
        stop(f"TANGGAP_WEBHOOK_SECRETS: {error}")


def carriers(settings: NotifierSettings, accounts: Accounts, secrets: Secrets) -> list[Carrier]:
    """The mail relay, the gateways, and webhooks where an office has a secret."""
    timeout = settings.sending_lease_seconds / 8
    found: list[Carrier] = [
        Mail(settings.smtp_url, settings.mail_from, settings.smtp_connections, timeout, settings.mail_unsubscribe)
    ]
    for kind, of_kind in accounts.items():
        found += [Gateway(kind, account, settings.gateway_connections, timeout) for account in of_kind]
    if secrets:
        found.append(Webhooks(secrets, settings.webhook_connections, timeout, trial=settings.webhook_trial))
    return found


def readers(settings: NotifierSettings, accounts: Accounts) -> Mapping[str, Sequence[Reader]]:
    """Who reads the receipts of each provider; whose cannot be told from forged ones has none."""
    found: dict[str, list[Reader]] = {}
    for account in (account for of_kind in accounts.values() for account in of_kind):
        if account.format == "twilio":
            found.setdefault(account.name, []).append(TwilioReceipts(account, settings.notifier_url))
        elif account.format == "whatsapp-cloud" and "secret" in account.options:
            found.setdefault(account.name, []).append(WhatsAppReceipts(account))
    if settings.bounce_secret:
        found["mail"] = [MailReceipts(settings.bounce_secret.get_secret_value(), settings.mail_from)]
    return found


def _reporting(account: Account, url: str | None) -> Account:
    """The account with the address at which it is to report deliveries."""
    if url is None:
        return account
    return replace(account, options={**account.options, "receipts": f"{url.rstrip('/')}{door.PATH}/{account.name}"})
