from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "motcua.kernel.forms"
    label = "forms"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.forms.kind import EVENTS, PERMISSIONS
        from motcua.kernel.forms.pack import PART
        from motcua.kernel.forms.queries.drafts import own_draft_rows
        from motcua.kernel.forms.tasks import forget_old
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.identity.ports import own_data
        from motcua.kernel.packs.kind import register_pack_part

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_pack_part(PART)
        register_job(Job("forms.forget", forget_old, every=24 * 3600, title=_("Xóa bản nháp đã hết hạn giữ")))
        own_data["form_drafts"] = own_draft_rows
