"""Which official looked at somebody's money."""

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.identity.actions import create_person
from motcua.kernel.identity.models import Access
from motcua.kernel.payments.actions import take_in
from motcua.kernel.payments.models import Receipt
from motcua.kernel.payments.tests.samples import Till, as_, money_for, owed

pytestmark = pytest.mark.django_db


def test_whose_money_it_is_reads_who_looked(till: Till) -> None:
    """At what is owed, what came, and the receipt, which bears their name and number."""
    obligation = owed(till)
    person_id = create_person("Nguyễn Văn An", "0905111222").pk
    Case.objects.filter(pk=obligation.case_id).update(person_id=person_id)
    payment_id = take_in(money_for(obligation)).payment_id
    receipt = Receipt.objects.get()
    nga = as_(till.nga)
    for page in (f"khoan/{obligation.pk}/", f"tien/{payment_id}/", f"bien-lai/{receipt.pk}/xml/"):
        assert nga.get(f"/desk/thu-phi/{page}").status_code == 200
    looks = Access.objects.filter(action="payment.read", actor=till.nga.key)
    assert list(looks.values_list("person_id", "case_id")) == [(person_id, obligation.case_id)] * 3
    assert as_(till.dung).get(f"/desk/thu-phi/bien-lai/{receipt.pk}/xml/").status_code == 404
    assert Access.objects.count() == 3
