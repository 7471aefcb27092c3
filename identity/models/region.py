"""The platform's own regions (区域)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Region(MP_Node):
    """A region of the platform's tree: districts, and beside them 市直 and development zones (H4).

    `gb_code` is the GB/T 2260 code where the region has one. A class open to a region is open to all below it.
    """

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    gb_code = models.CharField(_("国标代码"), max_length=12, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    node_order_by = ["code"]

    class Meta:
        verbose_name = _("区域")
        verbose_name_plural = _("区域")

    def __str__(self) -> str:
        return self.name
