"""A leader ticks several dossiers, confirms once, approves once on the telephone: from the queue through the remote
signing service to results that hold."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader
from pytest_django.fixtures import Settings

from motcua.connectors.signing_remote.actions import RemoteSigningService
from motcua.connectors.signing_remote.tests.conftest import connect
from motcua.connectors.signing_remote.tests.service import Service, signing_service
from motcua.kernel.cases.models import Case
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import NewKey, add_remote_key, add_root
from motcua.kernel.signing.models import SigningTask
from motcua.kernel.signing.queries import verify
from motcua.kernel.signing.tasks import sign_due
from motcua.lib import moment
from motcua.lib.pdfsign.authority import Authority
from motcua.lib.tests.papers import paper
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier
from motcua.modules.dossiers.models import Result
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
USER = "001090012345"


@pytest.fixture
def service(city: City, one_stop: OneStop, settings: Settings) -> Iterator[Service]:
    """It keeps Minh's key."""
    with moment.at(MONDAY):
        authority = Authority.make("CA Thử", at=MONDAY - timedelta(days=2))
        add_root(authority.pem, actor=SYSTEM)
        since = MONDAY - timedelta(days=1)
        issued = authority.issue("Lê Văn Minh", organisation="UBND", at=since, until=since + timedelta(days=300))
        with signing_service(USER, {"k1": issued}) as served:
            connect(settings, served)
            (credential,) = RemoteSigningService().credentials(USER)
            add_remote_key(NewKey("Điện thoại", officer_id=city.minh.id), "remote", USER, credential, actor=city.quan)
            yield served


@pytest.fixture
def proposed(city: City, one_stop: OneStop) -> list[Case]:
    """Three dossiers before the leader of Ward One, each with a document to sign."""
    made = []
    for number in (1, 2, 3):
        new = NewDossier(
            version_id=one_stop.civil.id, way="online", answers={"child_name": f"Trẻ {number}"}, area_code="24778",
            applicant=Applicant(name="Nguyễn Thị An", phone="0905123456", national_id="068195000001"),
            papers=[NewPaper("GT.chung-sinh", "upload", copies=1), NewPaper("GT.cu-tru", "registry", look_up_id=7)],
        )  # fmt: skip
        with moment.at(MONDAY):
            case = file_dossier(new, actor=city.an).case
            accept_dossier(case.id, actor=one_stop.nga)
            hand_over_dossier(case.id, actor=one_stop.nga)
            document = keep_made(paper(number), actor=SYSTEM, name=f"KQ-{number}.pdf", is_loose=True)
            results = [NewResult("KQ.khai-sinh", file_id=document.pk)]
            made.append(propose_dossier(case.id, actor=one_stop.oanh, results=results, note="Đủ điều kiện"))
    return made


def confirmed(city: City, cases: list[Case]) -> tuple[Client, str]:
    """The one confirmation for all of them; where the leader sees how far it is."""
    client = signed_in(city.minh)
    chosen = {"case": [f"approve-{case.id}-{case.version}" for case in cases]}
    assert "một lần cho tất cả văn bản" in client.get("/desk/phe-duyet/xac-nhan/", chosen).content.decode()
    return client, client.post("/desk/phe-duyet/xac-nhan/", chosen)["Location"]


def work() -> None:
    """What the worker does when the next step of a signature is due."""
    due = SigningTask.objects.filter(retry_at__isnull=False).order_by("retry_at").values_list("retry_at", flat=True)
    with moment.at(due.first() or moment.now()):
        sign_due(60)
        read_everything()


def states(cases: list[Case]) -> list[str]:
    return [Case.objects.get(pk=case.id).state for case in cases]


def test_one_approval_signs_three_dossiers(city: City, service: Service, proposed: list[Case]) -> None:
    client, batch = confirmed(city, proposed)
    assert client.get(batch).content.decode().count("Đang ký") == 3
    work()
    assert [len(one.asked) for one in service.waiting.values()] == [3]
    assert client.get(batch).content.decode().count("Chờ duyệt trên điện thoại") == 3
    service.answer("approved")
    work()
    assert "3 trong 3 việc đã xong." in client.get(batch).content.decode()
    assert set(states(proposed)) <= {"result_ready", "returned"}
    for result in Result.objects.filter(case_id__in=[case.id for case in proposed]):
        pdf = content_of(result.signed_file_id or 0)
        found = verify(pdf)
        assert (found.verdict, [one.signer for one in found.signatures]) == ("good", ["Lê Văn Minh"])
        assert len(PdfFileReader(BytesIO(pdf)).embedded_signatures) == 1
        if tool := shutil.which("pdfsig"):
            with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
                file.write(pdf)
                file.flush()
                said = subprocess.run([tool, file.name], capture_output=True, text=True, check=False).stdout
            assert said.count("Signature is Valid.") == 1, said
    work()
    assert Event.objects.filter(name="signing.done").count() == 3


def test_a_part_that_fails_stays_visible_with_its_reason(city: City, service: Service, proposed: list[Case]) -> None:
    client, batch = confirmed(city, proposed)
    work()
    service.gives = "few"
    service.answer("approved")
    work()
    assert states(proposed)[2] == "approving"
    assert "approving" not in states(proposed)[:2]
    reason = "Dịch vụ ký số không trả chữ ký của văn bản này."
    for page in (batch, "/desk/phe-duyet/"):
        assert reason in client.get(page).content.decode()
    assert Result.objects.get(case_id=proposed[2].id).signed_file_id is None
    service.gives = "all"
    client.post(f"{batch}lam-lai/")
    work()
    assert [len(one.asked) for one in service.waiting.values()] == [3, 1]
    service.answer("approved")
    work()
    assert "approving" not in states(proposed)
    assert Event.objects.filter(name="signing.done").count() == 3


def test_refused_on_the_telephone_nothing_is_signed(city: City, service: Service, proposed: list[Case]) -> None:
    client, batch = confirmed(city, proposed)
    work()
    service.answer("refused")
    work()
    assert states(proposed) == ["approving"] * 3
    assert client.get(batch).content.decode().count("Người dùng từ chối") == 3
    assert not Event.objects.filter(name="signing.done").exists()
    assert not Result.objects.filter(signed_file_id__isnull=False).exists()
