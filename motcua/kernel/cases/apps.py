from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "motcua.kernel.cases"
    label = "cases"

    def ready(self) -> None:
        from motcua.kernel.cases import tasks
        from motcua.kernel.cases.kind import EVENTS
        from motcua.kernel.events.kind import Job, Reader, register_events, register_job, register_reader
        from motcua.kernel.files.kind import register_guard
        from motcua.kernel.identity.ports import link_reader

        register_events(EVENTS)
        register_guard(tasks.may_see_file)
        link_reader.connect(tasks.read_links)
        register_job(Job("clocks", tasks.sweep_clocks, every=30))
        register_reader(Reader("clocks", tasks.follow_calendars))
