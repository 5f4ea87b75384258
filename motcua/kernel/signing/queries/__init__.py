"""Keys, tasks, whom to believe, and what signatures prove."""

from motcua.kernel.signing.queries.keys import (
    KeyRow,
    count_ending,
    keys_for,
    keys_to_ask,
    managed_keys,
    may_sign_with,
    owner_name,
)
from motcua.kernel.signing.queries.roots import Roots, list_roots, may_choose_roots, trusted
from motcua.kernel.signing.queries.tasks import (
    TaskRow,
    count_waiting,
    get_task,
    own_tasks,
    recent_tasks,
    tasks_about,
    tasks_of,
    waiting_tasks,
)
from motcua.kernel.signing.queries.telling import Told, one_by_one, verdict
from motcua.kernel.signing.queries.verifying import PROBLEMS, TRUST_WORDS, verify, verify_distrusted

__all__ = [
    "PROBLEMS",
    "TRUST_WORDS",
    "KeyRow",
    "Roots",
    "TaskRow",
    "Told",
    "count_ending",
    "count_waiting",
    "get_task",
    "keys_for",
    "keys_to_ask",
    "list_roots",
    "managed_keys",
    "may_choose_roots",
    "may_sign_with",
    "one_by_one",
    "own_tasks",
    "owner_name",
    "recent_tasks",
    "tasks_about",
    "tasks_of",
    "trusted",
    "verdict",
    "verify",
    "verify_distrusted",
    "waiting_tasks",
]
