"""Addresses of one's own unit: its data, its superior, the departments inside it (U1)."""

from django.urls import path

from console import office, work_departments

urlpatterns = [
    path("unit/", office.unit, name="unit"),
    path("unit/contacts/", office.contacts, name="unit-contacts"),
    path("unit/me/", office.own_contacts, name="own-contacts"),
    path("unit/change/", office.change, name="unit-change"),
    path("unit/parent/", office.parent, name="unit-parent"),
    path("unit/withdraw/<row:case>/", office.withdraw, name="unit-withdraw"),
    path("unit/history/", office.history, name="unit-history"),
    path("unit/departments/", work_departments.departments, name="work-departments"),
    path("unit/departments/add/", work_departments.add, name="add-work-department"),
    path("unit/departments/<row:department>/", work_departments.department, name="work-department"),
    path("unit/departments/<row:department>/order/", work_departments.order, name="order-work-department"),
    path("unit/departments/<row:department>/close/", work_departments.close, name="close-work-department"),
]
