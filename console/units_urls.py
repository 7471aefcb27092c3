"""Addresses of administrators, roles, units below, and a bureau's registers."""

from django.urls import URLPattern, path

from console import administrators, registers, roles, units

urlpatterns: list[URLPattern] = [
    path("administrators/", administrators.administrators, name="administrators"),
    path("administrators/add/", administrators.add, name="add-administrator"),
    path("administrators/added/", administrators.added, name="administrator-added"),
    path("administrators/<row:membership>/", administrators.one, name="administrator"),
    path("administrators/<row:membership>/delete/", administrators.delete, name="delete-administrator"),
    path("administrators/<row:membership>/super/", administrators.hand_over, name="hand-over"),
    path("roles/", roles.roles, name="roles"),
    path("roles/new/", roles.new, name="new-role"),
    path("roles/delete/", roles.delete, name="delete-roles"),
    path("roles/<row:role>/", roles.role, name="role"),
    path("units/", units.units, name="units"),
    path("units/<row:unit>/", units.unit, name="unit-below"),
    path("units/<row:unit>/hours-review/", units.hours_review, name="hours-review"),
    path("units/<row:unit>/change/", units.change, name="change-unit-below"),
    path("units/<row:unit>/delete/", units.delete, name="delete-unit"),
    path("units/<row:unit>/super/", units.name_super, name="name-super"),
    path(
        "units/<row:unit>/administrators/<row:membership>/delete/",
        units.delete_administrator,
        name="delete-administrator-below",
    ),
    path("bureaus/", registers.register("bureau"), name="bureaus"),
    path("departments/", registers.register("department"), name="departments"),
    path("employers/", registers.register("employer"), name="employers"),
    path("bases/", registers.register("base"), name="bases"),
]
