"""Who runs the site and how to reach its support (P1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="help")
class SiteSupport(BaseSiteSetting):
    """主办单位与服务信息: shown in every page's frame and in error pages."""

    tagline = models.CharField(_("站点副标题"), max_length=60, blank=True)
    organiser = models.CharField(_("主办单位"), max_length=100, blank=True)
    phone = models.CharField(_("服务电话"), max_length=40, blank=True)
    service_hours = models.CharField(_("服务时间"), max_length=60, blank=True, help_text=_("比如：工作日 9:00–17:30"))
    email = models.EmailField(_("服务邮箱"), blank=True)
    footer = models.CharField(_("页脚补充"), max_length=200, blank=True, help_text=_("比如备案号。"))

    panels = [
        MultiFieldPanel([FieldPanel("tagline"), FieldPanel("organiser"), FieldPanel("footer")], heading=_("站点")),
        MultiFieldPanel([FieldPanel("phone"), FieldPanel("service_hours"), FieldPanel("email")], heading=_("服务")),
    ]

    class Meta:
        verbose_name = _("主办与客服信息")
