"""Asking registries, writing the local ones, consents and requests of people."""

from motcua.kernel.registries.actions.looking import Answer, look_up, open_record
from motcua.kernel.registries.actions.own import (
    close_request,
    extend_request,
    give_consent,
    make_request,
    open_request,
    receive_request,
    withdraw_consent,
)
from motcua.kernel.registries.actions.records import (
    Imported,
    Problem,
    import_file,
    put_records,
    read_file,
    remove_record,
    save_record,
)

__all__ = [
    "Answer",
    "Imported",
    "Problem",
    "close_request",
    "extend_request",
    "give_consent",
    "import_file",
    "look_up",
    "make_request",
    "open_record",
    "open_request",
    "put_records",
    "read_file",
    "receive_request",
    "remove_record",
    "save_record",
    "withdraw_consent",
]
