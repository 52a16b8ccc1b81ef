"""What each element of the CyberTipline schema may hold, and what is left out by name.

Sources: NCMEC's XSD of November 2025 and, beyond it, what documentation-derived models of 2026 carry:
`informational`, `ageAssertionDiscrepancy`, `middleName` of persons, both spellings of the earlier reports,
attributes in their old and new places, a report number inside the document.
"""

from __future__ import annotations

from tanglaw.reading.xml import Shape, shape

REPORT_NUMBERS = "reportId reportNumber"

REPORT_FLAGS = frozenset(
    (
        "sextortion",
        "csamSolicitation",
        "minorToMinorInteraction",
        "spam",
        "sadisticOnlineExploitation",
        "informational",
    )
)
FILE_FLAGS = frozenset(
    (
        "animeDrawingVirtualHentai",
        "potentialMeme",
        "viral",
        "possibleSelfProduction",
        "physicalHarm",
        "violenceGore",
        "bestiality",
        "liveStreaming",
        "infant",
        "generativeAi",
    )
)
AGE_FLAG = "ageAssertionDiscrepancy"

# An ESP's boilerplate is the same in each of its reports: its phones, addresses and URLs would tie all of
# them together. `allEmailsReported` says how complete a list is and has no place in any table.
_BOILERPLATE = "companyTemplate termsOfService legalURL"
_NO_COLUMN = "allEmailsReported"

_ACCOUNT_LEAVES = "espIdentifier espService compromisedAccount screenName groupIdentifier"
_ACCOUNT_LISTS = (
    f"ipCaptureEvent deviceId accountTemporarilyDisabled accountPermanentlyDisabled estimatedLocation {AGE_FLAG}"
)
_ACCOUNT_TEXTS = "displayName profileUrl profileBio priorCTReports priorCTReport additionalInfo"

SHAPES: dict[str, Shape] = {
    "report": shape(
        leaf=REPORT_NUMBERS,
        free="additionalInfo",
        many="batchedReport incidentSummary internetDetails lawEnforcement reporter"
        " personOrUserReported intendedRecipient victim",
        attributes=REPORT_NUMBERS,
    ),
    "batchedReport": shape(attributes="reason"),
    "incidentSummary": shape(
        leaf="incidentType platform incidentDateTime incidentDateTimeDescription",
        many="escalateToHighPriority reportAnnotations",
    ),
    "internetDetails": shape(
        many="webPageIncident emailIncident newsgroupIncident chatImIncident onlineGamingIncident"
        " cellPhoneIncident nonInternetIncident peer2peerIncident"
    ),
    "webPageIncident": shape(free="url additionalInfo", attributes="thirdPartyHostedContent"),
    "emailIncident": shape(free="content additionalInfo", many="emailAddress"),
    "newsgroupIncident": shape(leaf="name", free="content additionalInfo", many="emailAddress"),
    "chatImIncident": shape(leaf="chatClient chatRoomName", free="content additionalInfo"),
    "onlineGamingIncident": shape(leaf="gameName console", free="content additionalInfo"),
    "cellPhoneIncident": shape(leaf="latitude longitude", free="additionalInfo", many="phoneNumber"),
    "nonInternetIncident": shape(leaf="locationName", free="additionalInfo", many="incidentAddress"),
    "peer2peerIncident": shape(leaf="client", free="fileNames additionalInfo", many="ipCaptureEvent"),
    "lawEnforcement": shape(
        leaf="agencyName caseNumber reportedToLe servedLegalProcessDomestic",
        many="officerContact servedLegalProcessInternational",
        attributes="fleaCountry",
    ),
    "servedLegalProcessInternational": shape(attributes="fleaCountry"),
    "reporter": shape(many="reportingPerson contactPerson", skip=_BOILERPLATE),
    "personOrUserReported": shape(
        leaf=f"{_ACCOUNT_LEAVES} vehicleDescription thirdPartyUserReported",
        free=_ACCOUNT_TEXTS,
        many=f"personOrUserReportedPerson associatedAccount {_ACCOUNT_LISTS}",
        skip=_NO_COLUMN,
    ),
    "intendedRecipient": shape(
        leaf=_ACCOUNT_LEAVES,
        free=_ACCOUNT_TEXTS,
        many=f"intendedRecipientPerson associatedAccount {_ACCOUNT_LISTS}",
        skip=_NO_COLUMN,
    ),
    "victim": shape(
        leaf=f"{_ACCOUNT_LEAVES} schoolName",
        free=_ACCOUNT_TEXTS,
        many=f"victimPerson associatedAccount {_ACCOUNT_LISTS}",
        skip=_NO_COLUMN,
    ),
    "associatedAccount": shape(
        leaf=f"{_ACCOUNT_LEAVES} firstName middleName lastName approximateAge dateOfBirth",
        free=_ACCOUNT_TEXTS,
        many=f"platform phone email address {_ACCOUNT_LISTS}",
        skip=_NO_COLUMN,
        attributes="type accountType thirdPartyUser",
    ),
    "platform": shape(attributes="thirdPartyUser"),
    "person": shape(
        leaf="firstName middleName lastName age dateOfBirth",
        many=f"phone email address {AGE_FLAG}",
    ),
    "email": shape(attributes="type verified verificationDate"),
    "phone": shape(attributes="type verified verificationDate countryCallingCode extension"),
    # The kind of an address (home, billing, ...) has no column: an address is one of a person's.
    "address": shape(leaf="address city zipCode state nonUsaState country", attributes="type"),
    "ipCaptureEvent": shape(leaf="ipAddress eventName dateTime possibleProxy port"),
    "deviceId": shape(leaf="idType idValue eventName dateTime"),
    "estimatedLocation": shape(leaf="city region countryCode", attributes="verified timestamp"),
    "accountTemporarilyDisabled": shape(attributes="disabledDate userNotified userNotifiedDate reenabledDate"),
    "accountPermanentlyDisabled": shape(attributes="disabledDate userNotified userNotifiedDate"),
    "fileDetails": shape(
        leaf=f"{REPORT_NUMBERS} fileId fileName originalFileName uploadedToEspTimestamp locationOfFile"
        " fileViewedByEsp exifViewedByEsp publiclyAvailable fileRelevance industryClassification",
        free="additionalInfo",
        many="potentialMeme fileAnnotations originalFileHash ipCaptureEvent deviceId details",
    ),
    "originalFileHash": shape(attributes="hashType"),
    "details": shape(many="nameValuePair", attributes="type"),
    "nameValuePair": shape(leaf="name value", attributes="type"),
    "response": shape(
        leaf=f"responseCode responseDescription {REPORT_NUMBERS} fileId hash",
        skip="files",
    ),
}
