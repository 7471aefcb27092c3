"""Addresses of one's own office: profile, transfer, applications, messages, own data; included by web/urls.py."""

from django.urls import path

from web import messages, office_cases, office_data, office_profile, office_transfer

urlpatterns = [
    path("me/profile/", office_profile.profile, name="profile"),
    path("me/profile/title/", office_profile.title, name="profile-title"),
    path("me/transfer/", office_transfer.transfer, name="transfer"),
    path("me/cases/", office_cases.cases, name="cases"),
    path("me/cases/<row:case>/", office_cases.case, name="case"),
    path("me/cases/<row:case>/remind/", office_cases.remind, name="case-remind"),
    path("me/cases/<row:case>/withdraw/", office_cases.withdraw, name="case-withdraw"),
    path("me/cases/<row:case>/object/", office_cases.object_to, name="case-object"),
    path("me/messages/", messages.messages, name="messages"),
    path("me/messages/read/", messages.read_all, name="messages-read"),
    path("me/messages/mail/", messages.mail, name="messages-mail"),
    path("me/messages/<row:message>/", messages.message, name="message"),
    path("me/data/", office_data.data, name="data"),
    path("me/data/close/", office_data.close, name="close-account"),
]
