from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "motcua.kernel.ratings"
    label = "ratings"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.identity.kind import DevicePurpose, register_device_purposes, register_permissions
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.ratings.actions.surveys import run_surveys
        from motcua.kernel.ratings.kind import DEVICE, EVENTS, PERMISSIONS
        from motcua.kernel.ratings.pack import PART
        from motcua.kernel.ratings.queries import tablets
        from motcua.kernel.ratings.queries.telling import PLANS

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_plans(*PLANS)
        register_pack_part(PART)
        register_device_purposes(DevicePurpose(DEVICE, _("Máy đánh giá"), tablets.targets, tablets.page_url))
        register_job(Job("ratings.surveys", run_surveys, every=1800, title=_("Khảo sát: mời người trả lời, kết thúc")))
