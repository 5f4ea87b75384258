"""Who is invited to a survey, and who hears that somebody wishes to be called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.queries import telling
from motcua.kernel.identity.queries import contact_addresses
from motcua.kernel.messages.kind import EMAIL, SMS, WEB, MessagePlan, Recipient, Text
from motcua.kernel.ratings.models import Invitation
from motcua.kernel.ratings.queries.links import survey_url

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


def _invited(event: Event) -> Iterator[Recipient]:
    invitation = Invitation.objects.select_related("survey").filter(pk=int(event.data["invitation"])).first()
    if invitation is None:
        return
    for card, language in contact_addresses([invitation.person_id]).values():
        survey = invitation.survey
        yield Recipient(
            key=f"party:{invitation.party_id}",
            audience="reporter",
            variables={
                "survey": (survey.title_en if language == "en" else "") or survey.title,
                "link": survey_url(invitation.pk),
                "until": f"{survey.closes_on:%d/%m/%Y}",
            },
            language=language,
            addresses={EMAIL: card.email, SMS: card.phone},
        )


_INVITED = (
    Text("reporter", EMAIL, "vi", "Mời bạn trả lời: {survey}",
         "Chào bạn,\n\nHồ sơ của bạn vừa xong. Mời bạn trả lời vài câu hỏi về việc giải quyết, khoảng 3 phút, trước hết"
         " ngày {until}: {link}\n\nCâu trả lời không gắn với tên bạn hay hồ sơ của bạn. Không muốn trả lời thì bạn"
         " không cần làm gì.\n"),
    Text("reporter", EMAIL, "en", "Please answer: {survey}",
         "Hello,\n\nYour dossier has ended. Please answer a few questions about how it was handled, about 3 minutes, by"
         " {until}: {link}\n\nYour answers are kept without your name or your dossier. If you would rather not, you"
         " need not do anything.\n"),
    Text("reporter", SMS, "vi", "", "Moi ban tra loi vai cau hoi ve viec giai quyet ho so, khong ghi ten: {link}"),
    Text("reporter", SMS, "en", "", "Please answer a few questions about your dossier, without your name: {link}"),
)  # fmt: skip
_CALL = (
    *(Text(audience, WEB, "vi", "", "{code}: người dân muốn được gọi lại") for audience in ("unit", "officer")),
    *(Text(audience, WEB, "en", "", "{code}: somebody wishes to be called back") for audience in ("unit", "officer")),
)

PLANS = (
    MessagePlan(
        "survey.invited",
        _("Mời trả lời khảo sát"),
        _invited,
        {"survey": "Khảo sát hài lòng 2026", "link": "https://motcua.example.vn/khao-sat/…/", "until": "31/12/2026"},
        texts=_INVITED,
    ),
    MessagePlan("rating.call_wished", _("Muốn được gọi lại"), telling.recipients, telling.VARIABLES, texts=_CALL),
)
