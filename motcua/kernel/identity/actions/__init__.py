"""Accounts, posts, persons, codes, sessions and keys: the only writes to them."""

from motcua.kernel.identity.actions.codes import (
    Contact,
    account_for,
    new_person_account,
    read_contact,
    remove_contact,
    send_login_code,
    set_contact,
    spend_code,
)
from motcua.kernel.identity.actions.keys import create_service_key, revoke_service_key
from motcua.kernel.identity.actions.officers import (
    activate_officer,
    change_officer,
    create_officer,
    deactivate_officer,
    grant_post,
    hire_officer,
    reset_factors,
    revoke_post,
)
from motcua.kernel.identity.actions.outside import officer_vouched_for, person_vouched_for
from motcua.kernel.identity.actions.persons import (
    change_language,
    change_person,
    create_person,
    delete_own_account,
    forget_person,
    note_access,
    sealed_person_values,
)
from motcua.kernel.identity.actions.sessions import (
    end_other_sessions,
    end_session,
    forget_failures,
    note_failure,
    require_unlocked,
)

__all__ = [
    "Contact",
    "account_for",
    "activate_officer",
    "change_language",
    "change_officer",
    "change_person",
    "create_officer",
    "create_person",
    "create_service_key",
    "deactivate_officer",
    "delete_own_account",
    "end_other_sessions",
    "end_session",
    "forget_failures",
    "forget_person",
    "grant_post",
    "hire_officer",
    "new_person_account",
    "note_access",
    "note_failure",
    "officer_vouched_for",
    "person_vouched_for",
    "read_contact",
    "remove_contact",
    "require_unlocked",
    "reset_factors",
    "revoke_post",
    "revoke_service_key",
    "sealed_person_values",
    "send_login_code",
    "set_contact",
    "spend_code",
]
