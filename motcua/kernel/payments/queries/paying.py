"""What is shown to whoever holds the link to pay."""

from dataclasses import dataclass

import segno

from motcua.kernel.payments.kind import OWED, Line, State
from motcua.kernel.payments.models import Attempt, Obligation, Receipt
from motcua.kernel.payments.queries.obligations import not_found, read_pay_token
from motcua.lib.vietqr import Transfer

INK = "#14192B"


@dataclass(frozen=True)
class PayPage:
    token: str
    obligation: Obligation
    lines: list[Line]
    transfer: Transfer | None  # None: nothing to transfer, or no account to transfer to
    receipts: list[Receipt]
    surplus: int  # what will be given back

    @property
    def is_owed(self) -> bool:
        return self.obligation.state in OWED

    @property
    def is_settled(self) -> bool:
        return self.obligation.state in (State.PAID, State.OVER, State.EXEMPT)

    def qr_svg(self) -> str:
        """The VietQR picture, to stand in the page."""
        svg: str = self._qr().svg_inline(scale=4, border=2, dark=INK, svgclass=None, lineclass=None, omitsize=True)
        return svg

    def qr_png(self) -> str:
        """As an address with the picture in it: banks' apps read a saved picture."""
        uri: str = self._qr().png_data_uri(scale=10, border=3, dark=INK)
        return uri

    def _qr(self) -> segno.QRCode:
        if self.transfer is None:
            raise ValueError("nothing to transfer")
        return segno.make(self.transfer.text(), error="m", micro=False)


def pay_page(token: str) -> PayPage:
    """Holding the link is the right to see it. Refused("not_found") for any other token."""
    obligation = read_pay_token(token)
    return PayPage(
        token,
        obligation,
        [Line.from_json(line) for line in obligation.lines],
        transfer_of(obligation),
        list(obligation.receipts.select_related("series").order_by("id")),
        sum(payment.surplus - payment.returned for payment in obligation.payments.all()),
    )


def transfer_of(obligation: Obligation) -> Transfer | None:
    """The transfer that pays what is missing. Its purpose is the reference alone, so that no bank can cut it."""
    if obligation.state not in OWED or not obligation.account:
        return None
    return Transfer(obligation.bank_bin, obligation.account, obligation.missing, purpose=obligation.reference)


def qr_svg(obligation: Obligation) -> str:
    """The VietQR picture of what is missing, for a module's own page; empty when there is nothing to transfer."""
    transfer = transfer_of(obligation)
    return PayPage("", obligation, [], transfer, [], 0).qr_svg() if transfer else ""


def receipt_of(token: str, receipt_id: int) -> Receipt:
    """Refused("not_found") unless it belongs to what the link is for."""
    obligation = read_pay_token(token)
    receipt = obligation.receipts.select_related("series", "obligation__case").filter(pk=receipt_id).first()
    if receipt is None:
        raise not_found()
    return receipt


def open_attempt(obligation: Obligation, gateway: str) -> Attempt | None:
    """Where the person was sent to pay, and can go again."""
    attempt = obligation.attempts.filter(gateway=gateway, state=Attempt.State.OPEN, amount=obligation.missing)
    return attempt.order_by("-id").first()
