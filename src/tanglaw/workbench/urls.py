"""The addresses: each page of the workbench, and those of allauth that an installation without sign-up and mail needs."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from tanglaw.workbench.access import ByFactor, ByPasskey, Passkeys, RemovePasskey
from tanglaw.workbench.oidc import ID
from tanglaw.workbench.pages import (
    accounts,
    administration,
    alerts,
    audit,
    case,
    conversation,
    custody,
    decide,
    own,
    people,
    privileged,
    protected,
    provider,
    queue,
    refused,
    report,
    requests,
    search,
    since,
    statistics,
    watches,
    worklist,
)
from tanglaw.workbench.registry import (
    ADMINISTRATORS,
    ALL,
    ANYONE,
    AUDITORS,
    CASE,
    CASEWORK,
    CUSTODIANS,
    FILTERS,
    KEEPERS,
    LOCKERS,
    NONE,
    READERS,
    SEARCH,
    WORK,
    Page,
)

PAGES: tuple[Page, ...] = (
    Page("", "home", queue.home, ALL, audited=False),
    Page("queue/", "queue", queue.view, READERS, WORK),
    Page("queue/<slug:kind>/", "queue_act", worklist.act, CASEWORK, WORK, example=("assign",)),
    Page("report/", "report_by_number", report.by_number, READERS, WORK),
    Page("report/<slug:report_id>/", "report", report.view, READERS, WORK, example=("r",)),
    Page("report/<slug:report_id>/beside/<slug:other>/", "beside", report.beside, READERS, WORK, example=("r", "s")),
    Page("report/<slug:report_id>/case/", "open_case", report.open_case, CASEWORK, WORK, example=("r",)),
    Page("cases/", "cases", case.listed, READERS, WORK),
    Page("case/<int:number>/", "case", case.view, READERS, CASE, example=(1,)),
    Page("case/<int:number>/line/", "case_line", case.line, READERS, CASE, example=(1,)),
    Page("case/<int:number>/since/", "case_since", since.view, READERS, CASE, example=(1,), polled=True),
    Page("case/<int:number>/<slug:kind>/", "case_act", case.act, CASEWORK, CASE, example=(1, "note")),
    Page("requests/", "requests", requests.view, READERS, WORK),
    Page("requests/draft/", "request_draft", requests.draft, CASEWORK, WORK),
    Page("requests/<int:number>/<slug:kind>/", "request_record", requests.record, CASEWORK, WORK, example=(1, "sent")),
    Page("conversation/<slug:conversation_id>/", "conversation", conversation.view, READERS, WORK, example=("c",)),
    Page("accounts/<slug:account_id>/", "account_of", accounts.one_account, READERS, WORK, example=("a",)),
    Page("accounts/<slug:one>/<slug:other>/", "pair", accounts.pair, READERS, WORK, example=("a", "b")),
    Page("session/<slug:session_id>/", "session", accounts.session, READERS, WORK, example=("s",)),
    Page("decide/<slug:kind>/", "decide", decide.act, CASEWORK, WORK, example=("same",)),
    Page("watches/", "watches", watches.view, READERS, WORK),
    Page("watches/place/", "watch_place", watches.place, CASEWORK, WORK),
    Page("watches/<int:number>/withdraw/", "watch_withdraw", watches.withdraw, CASEWORK, WORK, example=(1,)),
    Page("alerts/", "alerts", alerts.view, READERS, WORK),
    Page("alerts/<slug:alert_id>/", "alert", alerts.one, READERS, WORK, example=("a",)),
    Page(
        "alerts/<slug:alert_id>/<slug:kind>/", "alert_act", alerts.act, CASEWORK, WORK, example=("a", "release-alert")
    ),
    Page("search/", "search", search.view, READERS, SEARCH),
    Page("quarantine/", "quarantine", custody.quarantine, READERS, WORK),
    Page("custody/", "custody", custody.view, CUSTODIANS, WORK),
    Page("privileged/", "privileged", privileged.view, FILTERS, WORK),
    Page("privileged/lock/", "privileged_lock", privileged.lock, LOCKERS, WORK),
    Page("privileged/lift/", "privileged_lift", privileged.lift, FILTERS, WORK),
    Page("privileged/<int:number>/", "privileged_words", privileged.words, FILTERS, WORK, example=(1,)),
    Page("protected/", "protected", protected.view, KEEPERS, WORK),
    Page("protected/<slug:kind>/", "protected_act", protected.act, KEEPERS, WORK, example=("enter",)),
    Page("statistics/", "statistics", statistics.view, CUSTODIANS),
    Page("audit/", "audit", audit.view, AUDITORS),
    Page("people/", "people", people.view, ADMINISTRATORS),
    Page("people/add/", "add_person", people.add, ADMINISTRATORS),
    Page("people/<int:number>/<slug:kind>/", "person_act", people.act, ADMINISTRATORS, example=(1, "team")),
    Page("administration/", "administration", administration.view, ADMINISTRATORS),
    Page("administration/runs/", "runs", administration.progress, ADMINISTRATORS, polled=True),
    Page("administration/run/", "run", administration.order, ADMINISTRATORS),
    Page("administration/stop/", "stop_run", administration.stop, ADMINISTRATORS),
    Page("purpose/", "purpose", own.purpose, ALL),
    Page("account/", "mfa_index", own.account, ALL),
    Page("in/", "account_login", account.login, ANYONE, audited=False),
    Page("out/", "account_logout", account.logout, ALL, unready=True, audited=False),
    Page("in/blocked/", "account_inactive", account.account_inactive, ANYONE, audited=False),
    Page("in/second/", "mfa_authenticate", ByFactor.as_view(), ANYONE, audited=False),
    Page("in/passkey/", "mfa_login_webauthn", ByPasskey.as_view(), ANYONE, audited=False),
    Page("in/with/<slug:provider_id>/", "openid_connect_login", provider.login, ANYONE, audited=False, example=(ID,)),
    Page(
        "in/with/<slug:provider_id>/back/",
        "openid_connect_callback",
        provider.callback,
        ANYONE,
        audited=False,
        example=(ID,),
    ),
    Page("in/again/", "account_reauthenticate", account.reauthenticate, ALL, unready=True),
    Page("in/again/second/", "mfa_reauthenticate", mfa.reauthenticate, ALL, unready=True),
    Page("in/again/passkey/", "mfa_reauthenticate_webauthn", webauthn.reauthenticate_webauthn, ALL, unready=True),
    Page("account/password/", "account_change_password", account.password_change, ALL, unready=True),
    Page("account/second/", "mfa_activate_totp", totp.activate_totp, ALL, unready=True),
    Page("account/second/off/", "mfa_deactivate_totp", totp.deactivate_totp, ALL),
    Page("account/passkeys/", "mfa_list_webauthn", Passkeys.as_view(), ALL),
    Page("account/passkeys/add/", "mfa_add_webauthn", webauthn.add_webauthn, ALL, unready=True),
    Page("account/passkeys/<int:pk>/remove/", "mfa_remove_webauthn", RemovePasskey.as_view(), ALL, example=(1,)),
    Page("account/codes/", "mfa_view_recovery_codes", recovery.view_recovery_codes, ALL, NONE, unready=True),
    Page("account/codes/new/", "mfa_generate_recovery_codes", recovery.generate_recovery_codes, ALL),
)

urlpatterns = [path(page.path, page.callback, name=page.name) for page in PAGES]

handler400 = refused.bad_request
handler403 = refused.forbidden
handler404 = refused.not_found
handler500 = refused.fault
