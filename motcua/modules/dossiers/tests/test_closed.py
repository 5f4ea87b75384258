"""What somebody with bad intentions tries on dossiers, and does not get."""

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.identity.actions import Proof, declare_identity, new_person_account
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.models import Access
from motcua.kernel.identity.queries import person_actor
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.modules.dossiers.tests.test_intake import CARD, step
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


def test_a_number_that_somebody_merely_typed_gets_them_nobodys_dossier(one_stop: OneStop) -> None:
    """Whoever files online, or keeps an account, under another person's number waits for theirs at the counter."""
    filed = create_person("Kẻ Mạo Danh", "0905999888", national_id="068195000001")
    account = new_person_account(create_person("Kẻ Mạo Danh", "0905999777"))
    declare_identity(Proof("068195000001", "Kẻ Mạo Danh"), actor=person_actor(account.pk))
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    assert "Kẻ Mạo Danh" not in step(client, page, card="0905 999 888")
    page = step(client, page, card=CARD)
    assert 'value="Nguyễn Thị An"' in page
    assert "Người mới ở đây" in page
    step(client, step(client, page, q="ks"), do="take_in", paper=["GT.chung-sinh"])
    case = Case.objects.get(kind="dossier")
    assert case.person_id not in (None, filed.id, account.person_id)
    assert not Access.objects.filter(action="person.reveal").exists()
