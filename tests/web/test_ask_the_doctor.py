"""`manage.py doctor`: exits 1 with a clear line for each fault."""

import subprocess
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from web import probes


def doctor():
    """(exit code, what went well, faults) of a run."""
    out, err = StringIO(), StringIO()
    try:
        call_command("doctor", stdout=out, stderr=err, no_color=True)
    except CommandError as end:
        return end.returncode, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def sound(settings):
    """An installation in which nothing is wrong: as a demo, where deployment checks aren't asked."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    for name in [name for name in dir(settings) if name.startswith(("WECHAT_", "ALIPAY_"))]:
        setattr(settings, name, "")  # no provider is on offer, which is no fault


@pytest.mark.django_db
def test_a_sound_installation_has_no_fault(sound):
    code, went_well, faults = doctor()

    assert (code, faults) == (0, "")
    assert went_well.count("✓") == len(probes.EVERYTHING)


@pytest.mark.django_db
def test_each_fault_has_its_line_and_the_exit_code_is_1(sound, settings, monkeypatch):
    settings.SECRET_KEY = "short"
    settings.ALLOWED_HOSTS = ["*"]
    settings.ALIPAY_APPID = "2021000000000001"
    monkeypatch.setattr(probes.shutil, "which", lambda name: None)

    code, _went_well, faults = doctor()

    assert code == 1
    assert faults.splitlines() == [
        "✗ 密钥：SECRET_KEY 太短，至少 50 个随机字符",
        "✗ 地址：ALLOWED_HOSTS 不能是 *，写上真正的域名",
        "✗ ffmpeg：没有安装 ffmpeg、ffprobe，视频不能转码",
        "✗ 支付宝：缺少 ALIPAY_SELLER_ID、ALIPAY_PRIVATE_KEY、ALIPAY_PUBLIC_KEY",
    ]


@pytest.mark.django_db
def test_a_public_site_without_https_or_with_debug_is_told(sound, settings):
    settings.SITE_URL = "http://xueshi.example"
    settings.DEBUG = True

    assert len(list(probes.addresses())) == 2


def test_keys_that_are_no_keys_are_told(settings):
    settings.ID_ENCRYPTION_KEYS = ["one:too-short"]

    assert [fault for fault in probes.secrets() if "ID_ENCRYPTION_KEYS" in fault]


def test_a_storage_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "media").write_text("a file where the folder should be")
    monkeypatch.setattr(probes, "default_storage", FileSystemStorage(tmp_path / "media"))

    assert len(list(probes.storage_round_trip())) == 1


def test_the_storage_is_left_as_it_was(monkeypatch, tmp_path):
    monkeypatch.setattr(probes, "default_storage", FileSystemStorage(tmp_path))

    assert list(probes.storage_round_trip()) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.s3
def test_an_object_store_is_written_read_and_emptied(media_on_s3, s3_server):
    assert list(probes.storage()) == []
    assert list(probes.storage_round_trip()) == []
    assert "Contents" not in s3_server.client().list_objects_v2(Bucket=media_on_s3)


@pytest.mark.s3
def test_a_bucket_that_is_away_is_told(media_on_s3, s3_server):
    s3_server.client().delete_bucket(Bucket=media_on_s3)

    assert len(list(probes.storage_round_trip())) == 1


def test_a_database_that_is_away_is_told(monkeypatch):
    def refuse():
        raise DatabaseError("no route")

    monkeypatch.setattr(probes, "connection", SimpleNamespace(cursor=refuse))

    assert len(list(probes.database())) == 1


@pytest.mark.django_db
def test_waiting_migrations_are_told(monkeypatch):
    monkeypatch.setattr(probes.MigrationExecutor, "migration_plan", lambda self, targets: [("one", False)] * 3)

    assert "3" in next(probes.migrations())


def test_a_cache_that_keeps_nothing_is_told(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert len(list(probes.cache_round_trip())) == 1


def test_an_ffmpeg_without_our_encoders_is_told(monkeypatch):
    done = subprocess.CompletedProcess([], 0, stdout=" V....D mpeg4 MPEG-4 part 2\n A....D aac AAC\n")
    monkeypatch.setattr(probes.subprocess, "run", lambda *args, **kwargs: done)

    assert list(probes.ffmpeg()) == ["ffmpeg 缺少编码器 libx264"]


def test_a_machine_without_chinese_fonts_is_told(monkeypatch):
    monkeypatch.setattr(probes.glob, "glob", lambda *args, **kwargs: [])

    assert len(list(probes.fonts())) == 1
