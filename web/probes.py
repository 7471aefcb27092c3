"""Does it work? One probe per part the platform stands on; each yields a sentence for every fault it finds.

`/readyz` asks the three that a request needs, `manage.py doctor` asks all.
"""

import glob
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from celery import current_app
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core import checks
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core import crypto
from payments.providers.faults import alipay_faults, wechat_faults

Probe = Callable[[], Iterator[str]]

BROKER_SECONDS = 3
MIN_SECRET_CHARS = 50
ENCODERS = ("libx264", "aac")
FONTS = ("NotoSansCJK*", "NotoSerifCJK*", "wqy-*", "LXGW*")
_FONT_FOLDERS = ("/usr/share/fonts/**", "/usr/local/share/fonts/**")
_STORAGE_FAULTS = (OSError, BotoCoreError, ClientError)


def database() -> Iterator[str]:
    """It answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as fault:
        yield _("连不上数据库，检查 DATABASE_URL：%(fault)s") % {"fault": fault}


def migrations() -> Iterator[str]:
    """Its tables are the code's."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:  # told by `database`
        return
    if waiting:
        yield _("还有 %(count)s 个迁移没有执行，运行 manage.py migrate") % {"count": len(waiting)}


def broker() -> Iterator[str]:
    """A job can be handed over."""
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_out")
    if folder:
        if not os.access(folder, os.W_OK):
            yield _("任务队列的目录 %(folder)s 不能写入") % {"folder": folder}
        return
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError) as fault:
        yield _("连不上任务队列，检查 BROKER_URL：%(fault)s") % {"fault": fault}


def storage() -> Iterator[str]:
    """It can be reached; `storage_round_trip` really writes."""
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:
        yield from _reach_remote_storage()
        return
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield _("媒体目录 %(folder)s 不能写入，检查 MEDIA_STORAGE") % {"folder": folder}


def _reach_remote_storage() -> Iterator[str]:
    try:
        default_storage.exists("readyz")
    except _STORAGE_FAULTS as fault:
        yield _("连不上对象存储，检查 MEDIA_STORAGE：%(fault)s") % {"fault": fault}


def storage_round_trip() -> Iterator[str]:
    """Write a file, read it back, delete it."""
    content = uuid4().bytes
    try:
        name = default_storage.save(f"doctor/{uuid4().hex}", ContentFile(content))
        with default_storage.open(name) as file:
            same = file.read() == content
        default_storage.delete(name)
        left = default_storage.exists(name)
    except _STORAGE_FAULTS as fault:
        yield _("媒体存储写入、读取或删除失败，检查 MEDIA_STORAGE：%(fault)s") % {"fault": fault}
        return
    if not same:
        yield _("媒体存储读回的内容和写入的不一样")
    if left:
        yield _("媒体存储里的文件删不掉")


def cache_round_trip() -> Iterator[str]:
    """What is put in comes out."""
    key = f"doctor.{uuid4().hex}"
    try:
        cache.set(key, key, 10)
        same = cache.get(key) == key
        cache.delete(key)
    except (OSError, RedisError) as fault:
        yield _("缓存不可用，检查 REDIS_URL：%(fault)s") % {"fault": fault}
        return
    if not same:
        yield _("缓存存不住内容，检查 REDIS_URL")


def secrets() -> Iterator[str]:
    """Secrets are there, strong, and usable."""
    if len(settings.SECRET_KEY) < MIN_SECRET_CHARS:
        yield _("SECRET_KEY 太短，至少 %(count)s 个随机字符") % {"count": MIN_SECRET_CHARS}
    try:
        if crypto.decrypt(crypto.encrypt("doctor")) != "doctor":
            yield _("ID_ENCRYPTION_KEYS 加密后解不开")
    except (ImproperlyConfigured, ValueError, InvalidTag) as fault:
        yield _("ID_ENCRYPTION_KEYS 不能用：%(fault)s") % {"fault": fault}


def addresses() -> Iterator[str]:
    """Names and flags that a public machine mustn't have."""
    site = urlsplit(settings.SITE_URL)
    local = site.hostname in {"127.0.0.1", "localhost", "::1"}
    if not local and site.scheme != "https":
        yield _("SITE_URL 不是 https，密码会在网络上明文传送")
    if not local and settings.DEBUG:
        yield _("DEBUG 开着，出错时会把内部信息显示给访客")
    if "*" in settings.ALLOWED_HOSTS:
        yield _("ALLOWED_HOSTS 不能是 *，写上真正的域名")


def django_checks() -> Iterator[str]:
    """Django's own checks, with those for deployment where neither DEMO nor DEBUG is on."""
    public = not (settings.DEMO or settings.DEBUG)
    for message in checks.run_checks(include_deployment_checks=public):
        if message.level >= checks.WARNING and not message.is_silenced():
            yield f"{message.id}：{message.msg}".replace("\n", " ")


def ffmpeg() -> Iterator[str]:
    """The programs that read and transcode videos, with the encoders we use."""
    missing = [name for name in ("ffmpeg", "ffprobe") if not shutil.which(name)]
    if missing:
        yield _("没有安装 %(names)s，视频不能转码") % {"names": "、".join(missing)}
        return
    done = subprocess.run(["ffmpeg", "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=30)
    known = {line.split()[1] for line in done.stdout.splitlines() if len(line.split()) > 1}
    lacking = [name for name in ENCODERS if name not in known]
    if lacking:
        yield _("ffmpeg 缺少编码器 %(names)s") % {"names": "、".join(lacking)}


def fonts() -> Iterator[str]:
    """A font that has Chinese characters."""
    patterns = (f"{folder}/{name}" for folder in _FONT_FOLDERS for name in FONTS)
    if not any(glob.glob(pattern, recursive=True) for pattern in patterns):
        yield _("没有中文字体，安装 fonts-noto-cjk 或 fonts-lxgw-wenkai")


READINESS: dict[str, Probe] = {"database": database, "broker": broker, "storage": storage}
EVERYTHING: dict[str, Probe] = {
    "密钥": secrets,
    "地址": addresses,
    "设置": django_checks,
    "数据库": database,
    "迁移": migrations,
    "缓存": cache_round_trip,
    "任务队列": broker,
    "媒体存储": storage_round_trip,
    "ffmpeg": ffmpeg,
    "字体": fonts,
    "微信支付": wechat_faults,
    "支付宝": alipay_faults,
}
