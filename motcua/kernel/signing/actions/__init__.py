"""Keys and roots; asking for signatures, signing, and what becomes of it."""

from motcua.kernel.signing.actions.asking import (
    Outcome,
    ask_for_signature,
    cancel_task,
    hold_tasks,
    refuse_task,
    release_tasks,
    retry_task,
    sign,
    sign_task,
    sign_tasks,
)
from motcua.kernel.signing.actions.demo import make_demo_keys
from motcua.kernel.signing.actions.keys import (
    NewKey,
    add_remote_key,
    add_root,
    add_software_key,
    add_token_key,
    remove_key,
    remove_root,
)

__all__ = [
    "NewKey",
    "Outcome",
    "add_remote_key",
    "add_root",
    "add_software_key",
    "add_token_key",
    "ask_for_signature",
    "cancel_task",
    "hold_tasks",
    "make_demo_keys",
    "refuse_task",
    "release_tasks",
    "remove_key",
    "remove_root",
    "retry_task",
    "sign",
    "sign_task",
    "sign_tasks",
]
