from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "motcua.kernel.cases"
    label = "cases"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.cases import tasks
        from motcua.kernel.cases.kind import EVENTS
        from motcua.kernel.cases.queries import people
        from motcua.kernel.cases.queries.telling import VARIABLES, recipients
        from motcua.kernel.events.kind import Job, Reader, register_events, register_job, register_reader
        from motcua.kernel.files.kind import register_concern, register_guard
        from motcua.kernel.identity.ports import link_reader, own_data, person_links
        from motcua.kernel.messages.kind import MessagePlan, register_plans

        register_events(EVENTS)
        for name, title in (("clock.reminded", _("Sắp đến hạn")), ("clock.escalated", _("Đã trễ hẹn"))):
            register_plans(MessagePlan(name, title, recipients, VARIABLES))
        register_guard(tasks.may_see_file)
        register_concern(tasks.whom_file_concerns)
        link_reader.connect(people.links_held)
        person_links.connect(people.links_of_persons)
        own_data["cases"] = people.own_cases
        register_job(
            Job(
                "cases.inherit",
                tasks.hand_over_cases,
                every=600,
                title=_("Việc của đơn vị đã kết thúc chuyển cho đơn vị kế tục"),
            )
        )
        register_job(Job("clocks", tasks.sweep_clocks, every=30, title=_("Nhắc việc sắp đến hạn, báo việc trễ")))
        register_reader(Reader("clocks", tasks.follow_calendars, title=_("Tính lại hạn khi lịch đổi")))
