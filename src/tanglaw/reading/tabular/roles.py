"""Header words, in several languages, and the role of a column that they suggest.

Words are matched whole, in the column name split at anything but letters and digits; the first role in this
list with all its words wins, so narrow roles stand before wide ones.
"""

from __future__ import annotations

import re
import unicodedata

_FROM = (
    "sender|from|payer|remitter|originator|ordering|source|absender|zahler|auftraggeber|expediteur|"
    "emetteur|remitente|ordenante|pagador|remetente|pengirim|nagpadala|afzender|mittente"
)
_TO = (
    "receiver|recipient|to|payee|beneficiary|destination|empfanger|empfaenger|begunstigter|"
    "destinataire|beneficiaire|beneficiario|destinatario|recebedor|penerima|tatanggap|ontvanger"
)
_ACCOUNT = "account|acct|acc|iban|wallet|konto|kontonummer|compte|cuenta|conta|rekening|numero|number|no|id|msisdn"
_NAME = "name|nom|nombre|nome|nama|pangalan|naam"
_PHONE = (
    "phone|mobile|msisdn|telefon|telephone|telefono|telefone|handynummer|handy|celular|movil|telepon|"
    "telepono|cellphone|cell|tel"
)
_DATE = (
    "date|datum|fecha|data|tanggal|petsa|timestamp|datetime|when|created|zeitpunkt|zeitstempel|"
    "horodatage|booked|buchungsdatum|valuta|paid|sent|gesendet"
)
_CLOCK = "time|uhrzeit|zeit|heure|hora|waktu|oras|jam|tijd|ora"

# (role, groups of words that must all be met)
ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("from.account", (_FROM, _ACCOUNT)),
    ("to.account", (_TO, _ACCOUNT)),
    ("from.phone", (_FROM, _PHONE)),
    ("to.phone", (_TO, _PHONE)),
    ("from.email", (_FROM, "email|mail|correo|courriel")),
    ("to.email", (_TO, "email|mail|correo|courriel")),
    ("from.name", (_FROM, _NAME)),
    ("to.name", (_TO, _NAME)),
    ("from.platform", (_FROM, "provider|bank|network|operator")),
    ("to.platform", (_TO, "provider|bank|network|operator")),
    ("caller", ("caller|calling|anrufer|appelant|llamante|chamador|penelepon|anumber",)),
    ("callee", ("callee|called|angerufener|appele|llamado|chamado|bnumber|dialed|dialled",)),
    ("seconds", ("duration|seconds|secs|dauer|duree|duracion|duracao|durasi|tagal|sekunden|length",)),
    ("outcome", ("outcome|disposition|ergebnis",)),
    ("conversation", ("conversation|thread|chat|room|channel|konversation|discussion|conversacion|conversa",)),
    ("text", ("message|text|body|content|nachricht|mensaje|mensagem|pesan|mensahe|bericht|contents",)),
    (
        "birth",
        ("dob|birth|birthdate|birthday|geburtsdatum|naissance|nacimiento|nascimento|lahir|kapanganakan|geboortedatum",),
    ),
    ("first_name", ("first|given|vorname|prenom|voornaam|forename",)),
    (
        "last_name",
        ("last|family|surname|nachname|familienname|apellido|apellidos|sobrenome|apelyido|achternaam|cognome",),
    ),
    ("middle_name", ("middle",)),
    ("postal_code", ("zip|postal|postcode|plz|postleitzahl|cep",)),
    ("ip", ("ip|ipaddress|ipv4|ipv6|ipaddr",)),
    ("port", ("port|sport|puerto|porta",)),
    ("email", ("email|mail|correo|courriel|emailaddress",)),
    ("device", ("imei|imsi|device|deviceid|fingerprint|gerat|geraet|appareil|dispositivo|idfa|gaid",)),
    ("debit", ("debit|withdrawal|withdrawn|soll|belastung|cargo|debito|paidout|outgoing|keluar|abgang",)),
    ("credit", ("credit|deposit|haben|gutschrift|abono|credito|paidin|incoming|masuk|zugang",)),
    ("balance", ("balance|saldo|solde|kontostand|baki",)),
    ("currency", ("currency|ccy|wahrung|waehrung|devise|moneda|moeda|mata|pera|valuta|cur|curr",)),
    (
        "amount",
        ("amount|amt|betrag|montant|importe|monto|valor|jumlah|halaga|bedrag|importo|sum|umsatz|value|principal",),
    ),
    ("status", ("status|state|zustand|etat|estado|kalagayan|result|stato",)),
    ("method", ("method|methode|metodo|mode|zahlungsart|paymenttype",)),
    (
        "purpose",
        (
            "purpose|memo|note|notes|remarks|description|details|verwendungszweck|zweck|motif|libelle|"
            "concepto|motivo|descricao|descripcion|keterangan|layunin|omschrijving|causale|narrative",
        ),
    ),
    (
        "place",
        (
            "place|branch|location|outlet|payout|agent|filiale|ort|lieu|agence|lugar|sucursal|agencia|lokasi|"
            "cabang|sangay",
        ),
    ),
    (
        "address",
        ("address|street|adresse|anschrift|strasse|direccion|domicilio|endereco|rua|alamat|tirahan|adres|indirizzo",),
    ),
    ("city", ("city|town|stadt|ville|ciudad|cidade|kota|lungsod|plaats|wohnort|citta",)),
    ("region", ("region|province|state|bundesland|provincia|estado|provinsi|lalawigan",)),
    ("country", ("country|land|pays|pais|negara|bansa|nationality",)),
    (
        "account",
        (
            "account|acct|user|subscriber|member|customer|profile|client|konto|kunde|compte|cuenta|conta|akun",
            "id|number|no|nr|nummer|numero|key|identifier",
        ),
    ),
    (
        "handle",
        ("handle|username|user|nick|nickname|screenname|login|benutzername|pseudo|usuario|utilisateur|pengguna",),
    ),
    ("phone", (_PHONE,)),
    (
        "reference",
        (
            "reference|ref|transaction|trx|txn|txid|utr|mtcn|control|referenz|referencia|reference|"
            "transaktion|transaccion|transacao|transaksi|vorgang|confirmation",
            "number|no|nr|num|id|code|key|numero|nummer|n",
        ),
    ),
    ("reference", ("reference|ref|mtcn|referenz|referencia|referensi|txid|rrn|utr|callid",)),
    ("event", ("event|action|activity|ereignis|evenement|evento|aktivitat|kejadian",)),
    ("date", (_DATE,)),
    ("clock", (_CLOCK,)),
    ("sender", ("author|sender|from|absender|auteur|autor|expediteur|remitente|remetente|pengirim",)),
    ("recipient", ("recipient|receiver|to|empfanger|empfaenger|destinataire|destinatario|penerima",)),
    ("platform", ("platform|service|app|plattform|plateforme|plataforma|network",)),
    ("provider", ("provider|bank|anbieter|fournisseur|proveedor|provedor|penyedia|operator",)),
    ("kind", ("type|kind|typ|tipo|jenis|uri|art",)),
    (
        "account",
        (
            "account|acct|subscriber|member|customer|uid|userid|konto|kunde|client|compte|cuenta|cliente|"
            "conta|akun|iban|msisdn|kundennummer|profile|accountid|user",
        ),
    ),
    ("name", (_NAME + "|fullname|kontoinhaber|titulaire|titular",)),
)
_WORD = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATTERNS = tuple((role, tuple(frozenset(group.split("|")) for group in groups)) for role, groups in ROLES)


def role_of(header: str) -> str:
    """The role that a column's name suggests, or the empty text."""
    split = _CAMEL.sub(" ", header)
    plain = unicodedata.normalize("NFKD", split.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    found = _WORD.findall(plain)
    words = {*found, "".join(found)}
    for role, groups in _PATTERNS:
        if all(words & group for group in groups) and (len(groups) == 1 or len(words) > 1):
            return role
    return ""
