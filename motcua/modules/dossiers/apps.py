from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossiersConfig(AppConfig):
    name = "motcua.modules.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import SUBJECTS, register_bulk, register_kind
        from motcua.kernel.events.kind import Job, Reader, register_job, register_reader
        from motcua.kernel.exchange.ports import register_describer
        from motcua.kernel.figures.kind import register_figures
        from motcua.kernel.forms.ports import DRAFTS
        from motcua.kernel.identity.kind import ACCESS_WORDS
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.payments.ports import about_case
        from motcua.kernel.procedures.queries.page import name_said
        from motcua.kernel.ratings.kind import register_rateable
        from motcua.kernel.web.kind import (
            DeskLink,
            Finder,
            PortalTile,
            register_finders,
            register_links,
            register_tiles,
        )
        from motcua.modules.dossiers import tasks
        from motcua.modules.dossiers.actions.deciding import carry_out, forget_decisions
        from motcua.modules.dossiers.actions.naming import mark_names
        from motcua.modules.dossiers.actions.writing import forget_sheets
        from motcua.modules.dossiers.kind import ACCESS_WORDS as LOOKED_AT
        from motcua.modules.dossiers.kind import CONSULTATION, DOSSIER, FIGURES, KIND
        from motcua.modules.dossiers.pack import PART
        from motcua.modules.dossiers.queries.deciding import count_deciding
        from motcua.modules.dossiers.queries.exchange import describe
        from motcua.modules.dossiers.queries.fees import procedure_of
        from motcua.modules.dossiers.queries.rating import RATEABLE
        from motcua.modules.dossiers.queries.sheets import SUBJECT, may_read_draft
        from motcua.modules.dossiers.queries.telling import PLANS
        from motcua.modules.dossiers.views.portal import finding

        register_kind(DOSSIER)
        register_kind(CONSULTATION)
        SUBJECTS[KIND] = name_said
        for (kind, move), bulk in tasks.BULK.items():
            register_bulk(kind, move, bulk)
        ACCESS_WORDS.update(LOOKED_AT)
        DRAFTS[SUBJECT.removesuffix(":")] = may_read_draft
        register_plans(*PLANS)
        register_pack_part(PART)
        register_job(Job("dossiers.forget", forget_sheets, every=6 * 3600, title=_("Xóa tờ đang điền đã hết hạn giữ")))
        register_job(
            Job("dossiers.forget_decisions", forget_decisions, every=24 * 3600, title=_("Xóa lượt duyệt đã cũ"))
        )
        register_job(Job("dossiers.decide", carry_out, every=1, title=_("Hồ sơ: việc lãnh đạo đã duyệt")))
        register_reader(
            Reader("dossiers", tasks.follow, title=_("Hồ sơ: tiền đã nộp, chữ ký số đã xong, đơn vị kế tục"))
        )
        register_job(Job("dossiers.names", mark_names, every=3600, title=_("Lập dấu tìm hồ sơ theo họ tên")))
        register_figures(FIGURES)
        about_case[KIND] = procedure_of
        register_rateable(RATEABLE)
        register_describer(KIND, describe)
        register_finders(Finder("dossiers", _("Hồ sơ thủ tục"), finding.by_code, finding.by_words, rank=15))
        register_tiles(
            PortalTile(
                "dossiers",
                _("Tra cứu hồ sơ"),
                _("Hồ sơ đang ở đâu, ai giữ, bao giờ xong"),
                "folder-search",
                "dossiers",
                rank=30,  # header and bar lead to “Theo dõi”, where the code of a dossier leads here
            )
        )
        register_links(
            DeskLink(
                "dossier_take_in", _("Tiếp nhận hồ sơ"), "inbox", "dossier_take_in", "dossier.take_in", rank=4, key="h"
            ),
            DeskLink(
                "deciding",
                _("Phê duyệt"),
                "clipboard-check",
                "deciding",
                "dossier.decide",
                rank=6,
                key="y",
                count=lambda request: count_deciding(request.actor),  # type: ignore[attr-defined]
                is_hot=True,
                in_bar=True,
            ),
            DeskLink("dossier_search", _("Tìm hồ sơ"), "user-search", "dossier_search", "dossier.look_up", rank=38),
            DeskLink("dossier_register", _("Sổ theo dõi"), "book", "dossier_register", "dossier.take_in", rank=40),
        )
