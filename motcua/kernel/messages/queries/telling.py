"""Whom events about people's own accounts concern: authorisations, representing an organisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.queries import accounts_of_persons, contact_addresses, find_person_ids, sealer
from motcua.kernel.identity.queries.authorisations import sides
from motcua.kernel.identity.queries.persons import person_with_national_id
from motcua.kernel.messages.kind import EMAIL, SMS, WEB, MessagePlan, Recipient, Text

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


def recipients_of_persons(
    person_ids: list[int], path: str, variables: dict[str, str], *, but: int | None = None
) -> Iterator[Recipient]:
    """These people, by the ways that their cards know; ``but`` is left out: nobody is told what they did themselves."""
    wanted = [person_id for person_id in dict.fromkeys(person_ids) if person_id != but]
    cards, accounts = contact_addresses(wanted), accounts_of_persons(wanted)
    for person_id, (card, language) in cards.items():
        yield Recipient(
            key=f"person:{person_id}",
            audience="person",
            variables={**variables, "link": f"{settings.PUBLIC_URL}{path}"},
            language=language,
            addresses={EMAIL: card.email, SMS: card.phone},
            account_id=accounts.get(person_id),
            url=path,
        )


def _authorisation(event: Event) -> Iterator[Recipient]:
    """The other side of whoever did it. An offer to somebody not known yet goes to the number or address it names."""
    found = sides(int(event.data["authorisation"]))
    if found is None:
        return
    row, people = found
    path = reverse("authorisation", args=[row.pk])
    variables = {"count": str(len(row.procedures)), "until": row.valid_to.strftime("%d/%m/%Y")}
    doer = row.giver_id if event.name == "authorisation.given" or event.data.get("by") == "giver" else row.receiver_id
    known = [person.pk for person in people]
    if row.receiver_id is None and event.name in ("authorisation.given", "authorisation.revoked"):
        known += _meant(row.to_kind, sealer().open(row.to_sealed))
    others = list(recipients_of_persons(known, path, variables, but=doer))
    yield from others
    if event.name == "authorisation.given" and not others and row.to_kind in (EMAIL, SMS):
        yield Recipient(
            key=f"authorisation:{row.pk}",
            audience="person",
            variables={**variables, "link": f"{settings.PUBLIC_URL}{path}"},
            addresses={row.to_kind: sealer().open(row.to_sealed)},
        )


def _meant(kind: str, address: str) -> list[int]:
    """Cards with an account that this offer is meant for."""
    if kind == "national_id":
        person_id = person_with_national_id(address)
        return [person_id] if person_id is not None else []
    found = find_person_ids(phone=address) if kind == SMS else find_person_ids(email=address)
    return sorted(accounts_of_persons(found))[:1]


def _representation(event: Event) -> Iterator[Recipient]:
    variables = {"organisation": str(event.data["organisation"]), "reason": str(event.data.get("reason", "")) or "–"}
    yield from recipients_of_persons([int(event.data["person_id"])], reverse("organisations"), variables)


def texts(vi: tuple[str, str, str], en: tuple[str, str, str]) -> tuple[Text, ...]:
    """E-mail, SMS and notice to a person, from (subject, letter, short) in both languages. ``short`` is without tones
    in Vietnamese: twice as much goes into one message."""
    made: list[Text] = []
    for language, (subject, letter, short) in (("vi", vi), ("en", en)):
        made.append(Text("person", EMAIL, language, subject, letter))
        made.append(Text("person", SMS, language, "", short))
        made.append(Text("person", WEB, language, "", subject))
    return tuple(made)


_SAMPLE = {"count": "2", "until": "31/12/2026", "link": "https://motcua.example.vn/uy-quyen/7/"}

PLANS = (
    MessagePlan(
        "authorisation.given",
        _("Có người ủy quyền cho bạn"),
        _authorisation,
        _SAMPLE,
        texts=texts(
            (
                "Có người ủy quyền cho bạn làm thủ tục",
                (
                    "Chào bạn,\n\nCó người ủy quyền cho bạn làm {count} thủ tục, đến hết {until}.\n"
                    "Bạn đăng nhập để xem đó là ai rồi nhận, hoặc không nhận: {link}\n\n"
                    "Nếu bạn không biết việc này thì không cần làm gì.\n"
                ),
                "Co nguoi uy quyen cho ban lam {count} thu tuc. Xem va tra loi: {link}",
            ),
            (
                "Somebody authorises you to act for them",
                (
                    "Hello,\n\nSomebody authorises you to act for them in {count} procedures until {until}.\n"
                    "Sign in to see who it is, then accept or decline: {link}\n\n"
                    "If this means nothing to you, you need not do anything.\n"
                ),
                "Somebody authorises you in {count} procedures. See and answer: {link}",
            ),
        ),
    ),
    MessagePlan(
        "authorisation.accepted",
        _("Ủy quyền đã được nhận"),
        _authorisation,
        _SAMPLE,
        texts=texts(
            (
                "Người bạn ủy quyền đã nhận",
                (
                    "Chào bạn,\n\nNgười bạn ủy quyền làm {count} thủ tục đã nhận, đến hết {until}.\n"
                    "Bạn xem hoặc thôi ủy quyền bất cứ lúc nào: {link}\n"
                ),
                "Nguoi ban uy quyen da nhan. Xem hoac thoi uy quyen: {link}",
            ),
            (
                "Your authorisation was accepted",
                (
                    "Hello,\n\nYour authorisation in {count} procedures was accepted. It is valid until {until}.\n"
                    "See it or end it at any moment: {link}\n"
                ),
                "Your authorisation was accepted. See it or end it: {link}",
            ),
        ),
    ),
    MessagePlan(
        "authorisation.declined",
        _("Ủy quyền không được nhận"),
        _authorisation,
        _SAMPLE,
        texts=texts(
            (
                "Người bạn ủy quyền không nhận",
                "Chào bạn,\n\nNgười bạn ủy quyền làm {count} thủ tục đến hết {until} đã không nhận.\nXem: {link}\n",
                "Nguoi ban uy quyen khong nhan. Xem: {link}",
            ),
            (
                "Your authorisation was declined",
                "Hello,\n\nYour authorisation in {count} procedures until {until} was declined.\nSee: {link}\n",
                "Your authorisation was declined. See: {link}",
            ),
        ),
    ),
    MessagePlan(
        "authorisation.revoked",
        _("Ủy quyền đã thôi"),
        _authorisation,
        _SAMPLE,
        texts=texts(
            (
                "Ủy quyền đã thôi",
                "Chào bạn,\n\nỦy quyền làm {count} thủ tục đến hết {until} đã thôi, có hiệu lực ngay.\nXem: {link}\n",
                "Uy quyen lam {count} thu tuc da thoi. Xem: {link}",
            ),
            (
                "An authorisation has ended",
                "Hello,\n\nThe authorisation in {count} procedures until {until} was ended, at once.\nSee: {link}\n",
                "The authorisation in {count} procedures has ended. See: {link}",
            ),
        ),
    ),
    MessagePlan(
        "representation.accepted",
        _("Được công nhận là người đại diện"),
        _representation,
        {"organisation": "Công ty TNHH Thử", "reason": "–", "link": "https://motcua.example.vn/to-chuc/"},
        texts=texts(
            (
                "Bạn được công nhận đại diện {organisation}",
                "Chào bạn,\n\nBạn được công nhận là người đại diện của {organisation}.\nXem: {link}\n",
                "Ban duoc cong nhan dai dien {organisation}. Xem: {link}",
            ),
            (
                "You are accepted as representative of {organisation}",
                "Hello,\n\nYou are accepted as a representative of {organisation}.\nSee: {link}\n",
                "You are accepted as representative of {organisation}. See: {link}",
            ),
        ),
    ),
    MessagePlan(
        "representation.refused",
        _("Không được công nhận là người đại diện"),
        _representation,
        {
            "organisation": "Công ty TNHH Thử",
            "reason": "Giấy tờ đã hết hạn",
            "link": "https://motcua.example.vn/to-chuc/",
        },
        texts=texts(
            (
                "Chưa công nhận bạn đại diện {organisation}",
                "Chào bạn,\n\nChưa công nhận bạn là người đại diện của {organisation}.\nLý do: {reason}\nXem: {link}\n",
                "Chua cong nhan ban dai dien {organisation}. Ly do: {link}",
            ),
            (
                "You were not accepted as representative of {organisation}",
                "Hello,\n\nYou were not accepted as representative of {organisation}.\nReason: {reason}\n{link}\n",
                "Not accepted as representative of {organisation}. Reason: {link}",
            ),
        ),
    ),
)
