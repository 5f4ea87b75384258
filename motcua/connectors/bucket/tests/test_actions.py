"""Files in a bucket, on a server that speaks as S3 does, with the settings that an operator gives."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from moto.server import ThreadedMotoServer
from PIL import Image
from pytest_django import Settings

from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_files, store_file, sweep_files
from motcua.kernel.files.kind import Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import open_content
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused

if TYPE_CHECKING:
    from motcua.testing.city import City

pytestmark = pytest.mark.django_db
OFFICER = Actor(kind="officer", id=7, name="Trần Bình")
KEYS = {"S3_ACCESS_KEY": "khoa", "S3_SECRET_KEY": "bi-mat"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="khoa", aws_secret_access_key="bi-mat"
    ).create_bucket(Bucket="mot-cua")
    yield address
    running.stop()


def stores(**environment: str) -> dict[str, Any]:
    """What the settings make of these variables."""
    program = "import json; from motcua.project import settings; print(json.dumps(settings.STORAGES))"
    environment = KEYS | {"S3_REGION": "us-east-1"} | environment
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def bucket(server: str, settings: Settings) -> Iterator[None]:
    settings.STORAGES = settings.STORAGES | {"default": stores(S3_BUCKET="mot-cua", S3_ENDPOINT=server)["default"]}
    yield
    for folder in default_storage.listdir("")[0]:
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")


@pytest.fixture
def silent(settings: Settings) -> None:
    """Nobody listens there."""
    address = {"S3_BUCKET": "mot-cua", "S3_ENDPOINT": "http://127.0.0.1:9"}
    settings.STORAGES = settings.STORAGES | {"default": stores(**address)["default"]}


def photo(colour: str = "#774") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.mark.usefixtures("bucket")
def test_it_works(client: Client) -> None:
    body = photo().getvalue()
    file = store_file(io.BytesIO(body), actor=ANONYMOUS, declared_name="anh.jpg")
    again = store_file(io.BytesIO(body), actor=ANONYMOUS, declared_name="anh.jpg")
    with open_content(file, Variant.ORIGINAL) as stream:
        assert stream.read() == body
    shown = client.get(file.view_url)
    assert shown.status_code == 200
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).size == (900, 600)  # type: ignore[attr-defined]
    assert len([name for folder in default_storage.listdir("")[0] for name in default_storage.listdir(folder)[1]]) == 3
    assert file.sha256 == again.sha256


@pytest.mark.usefixtures("bucket")
def test_what_nobody_took_is_swept_away() -> None:
    kept, loose = (store_file(photo(colour), actor=ANONYMOUS, declared_name="a.jpg") for colour in ("#111", "#eee"))
    keep_files([kept.pk], actor=OFFICER, code="PA-1")
    for turn in range(256):
        with moment.at(moment.now() + timedelta(hours=25 + turn)):
            sweep_files()
    assert list(File.objects.all()) == [kept]
    left = {name for folder in default_storage.listdir("")[0] for name in default_storage.listdir(folder)[1]}
    assert left == {(kept.content_of(variant) or b"").hex() for variant in Variant}
    assert loose.pk not in File.objects.values_list("pk", flat=True)


@pytest.mark.usefixtures("silent")
def test_while_it_does_not_answer_nothing_is_half_kept() -> None:
    with pytest.raises(Refused) as refused:
        store_file(photo(), actor=ANONYMOUS, declared_name="anh.jpg")
    assert refused.value.code == "unavailable"
    assert "anh.jpg" in refused.value.message
    assert not File.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.usefixtures("silent")
def test_what_was_typed_beside_the_photo_is_still_there(client: Client, city: "City") -> None:
    page = client.post("/phan-anh/gui/", {"text": "Đèn đường trước nhà 12 Phan Đình Phùng tắt", "photos": photo()})
    words = page.content.decode()
    assert "chưa cất được lúc này" in words
    assert "Đèn đường trước nhà 12 Phan Đình Phùng tắt" in words


def test_a_page_that_needs_the_bytes_says_so(client: Client, settings: Settings, bucket: None) -> None:
    file = store_file(photo(), actor=ANONYMOUS, declared_name="anh.jpg")
    kept = settings.STORAGES
    settings.STORAGES = kept | {"default": stores(S3_BUCKET="mot-cua", S3_ENDPOINT="http://127.0.0.1:9")["default"]}
    answer = client.get(file.view_url)
    settings.STORAGES = kept
    assert answer.status_code == 503
    assert "Bạn thử lại sau ít phút" in answer.content.decode()


@pytest.mark.usefixtures("bucket")
def test_what_is_not_there() -> None:
    assert not default_storage.exists("aa/none")
    with pytest.raises(FileNotFoundError):
        default_storage.open("aa/none")
    assert default_storage.listdir("aa") == ([], [])
    default_storage.delete("aa/none")


def test_a_bucket_that_is_not_ours_is_said(server: str, settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {"default": stores(S3_BUCKET="khac", S3_ENDPOINT=server)["default"]}
    with pytest.raises(ConnectorError, match="NoSuchBucket") as error:
        default_storage.save("aa/bb", ContentFile(b"1"))
    assert error.value.permanent
