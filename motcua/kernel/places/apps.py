from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "motcua.kernel.places"
    label = "places"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.places.kind import EVENTS
        from motcua.kernel.places.pack import PART

        register_events(EVENTS)
        register_pack_part(PART)
