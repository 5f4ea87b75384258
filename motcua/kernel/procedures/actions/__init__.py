"""The only writes of the catalogue."""

from motcua.kernel.procedures.actions.bulk import publish_all
from motcua.kernel.procedures.actions.catalogue import grow_catalogue
from motcua.kernel.procedures.actions.importing import import_national
from motcua.kernel.procedures.actions.versions import (
    discard_draft,
    end_procedure,
    publish_draft,
    save_draft,
    verify_part,
)

__all__ = [
    "discard_draft",
    "end_procedure",
    "grow_catalogue",
    "import_national",
    "publish_all",
    "publish_draft",
    "save_draft",
    "verify_part",
]
