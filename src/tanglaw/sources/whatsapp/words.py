"""What WhatsApp itself writes in place of a message, in several languages: media, deleted, edited, calls.

Compared in lower case, without direction marks and without the full stop at the end.
"""

from __future__ import annotations

import re
from typing import Final

from tanglaw.sources.whatsapp.headers import MARKS

_STRIP: Final = re.compile(f"[{MARKS}]")


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.strip().splitlines())


_OMITTED: Final = _lines("""
    <media omitted>
    <multimedia omitido>
    <medien ausgeschlossen>
    <médias omis>
    <media omessi>
    <mídia oculta>
    <arquivo de mídia oculto>
    <ficheiro não revelado>
    <media weggelaten>
    <без медиафайлов>
    <medya dahil edilmedi>
    <media tidak disertakan>
    <pominięto multimedia>
    <تم استبعاد الوسائط>
    <video note omitted>
    <video message omitted>
    <view once voice message omitted>
""")
_OMITTED_END: Final = re.compile(
    r"(?:\b(?:image|video|video note|audio|gif|sticker|document|contact card) omitted"
    r"|\b(?:imagen|tarjeta de contacto) omitida|\b(?:video|audio|sticker|gif|documento) omitido"
    r"|\b(?:bild|video|audio|sticker|gif|dokument) weggelassen|\bkontaktkarte ausgelassen"
    r"|\b(?:image|vidéo) absente|\b(?:audio|sticker|document|gif) (?:omis|retiré)"
    r"|\bimmagine omessa|\b(?:video|audio|documento) omesso|\bsticker non incluso|\bgif esclusa"
    r"|\b(?:imagem|figurinha) (?:ocultada|omitida)|\b(?:vídeo|áudio) (?:omitido|ocultado)"
    r"|\b(?:afbeelding|video|audio|sticker|gif|document) weggelaten)$"
)
_ENDINGS: Final = (
    *("omitted", "omitida", "omitido", "weggelassen", "ausgelassen", "absente", "omis", "retiré", "omessa", "omesso"),
    *("incluso", "esclusa", "ocultada", "ocultado", "weggelaten"),
)
_ATTACHED: Final = re.compile(
    r"<[^<>:\n]{1,30}:\s?[^<>\n]{1,200}\.\w{1,5}>"
    r"|(?:IMG|VID|AUD|PTT|DOC|STK|GIF)-\d{8}-WA\d{4,8}\.\w{2,5} \([^()\n]{3,40}\)"
    r"|[^\n]{1,200}\.\w{2,5} \((?:file attached|archivo adjunto|datei angehängt|fichier joint|file allegato"
    r"|arquivo anexado|ficheiro anexado|bestand bijgevoegd|dosya ekli|файл добавлен)\)$",
    re.IGNORECASE,
)
_DELETED: Final = _lines("""
    this message was deleted
    you deleted this message
    se eliminó este mensaje
    eliminaste este mensaje
    diese nachricht wurde gelöscht
    du hast diese nachricht gelöscht
    ce message a été supprimé
    vous avez supprimé ce message
    questo messaggio è stato eliminato
    hai eliminato questo messaggio
    mensagem apagada
    esta mensagem foi apagada
    você apagou esta mensagem
    essa mensagem foi apagada
    esta mensagem foi eliminada
    dit bericht is verwijderd
    u hebt dit bericht verwijderd
    je hebt dit bericht verwijderd
    bu mesaj silindi
    данное сообщение удалено
    pesan ini telah dihapus
""")
_EDITED: Final = re.compile(
    r"<(?:this message was edited|se editó este mensaje|diese nachricht wurde bearbeitet|mensagem editada"
    r"|ce message a été modifié|questo messaggio è stato modificato|messaggio modificato|dit bericht is bewerkt"
    r"|bu mesaj düzenlendi)\.?>$",
    re.IGNORECASE,
)
_CALL: Final = re.compile(
    r"(?:(?P<missed>missed|no answer|perdida|verpasster) )?(?:group )?"
    r"(?:(?P<video>video call|videollamada(?: perdida)?|videoanruf)|voice call|llamada(?: perdida)?|sprachanruf)"
    r"(?P<rest>[.,] .{0,80})?"
)
_SPAN: Final = re.compile(r"(\d{1,5})\s?(h|hr|hour|min|s|sec)")
_LENGTHS: Final = {"h": 3600, "hr": 3600, "hour": 3600, "min": 60, "s": 1, "sec": 1}


def plain(text: str) -> str:
    """The text without direction marks."""
    return _STRIP.sub("", text)


def kind_of(text: str, system: bool) -> str:
    """Kind of a message by its text; `system` where the file marks it as WhatsApp's own words."""
    head = plain(text[:400]).split("\n", 1)[0].strip()
    words = head.casefold().rstrip(".")
    if words in _OMITTED or (words.endswith(_ENDINGS) and _OMITTED_END.search(words, max(0, len(words) - 60))):
        return "attachment"
    if ("<" in head or "(" in head) and _ATTACHED.match(head):
        return "attachment"
    if words in _DELETED or words.startswith("this message was deleted by admin"):
        return "deleted"
    if _CALL.fullmatch(words):
        return "call"
    return "service" if system else "message"


def edited(text: str) -> str | None:
    """The mark of an edited message, which tells no time; None if there is none."""
    if ">" not in text[-4:]:
        return None
    found = _EDITED.search(plain(text[-120:]).rstrip())
    return found.group() if found else None


def call_of(text: str) -> tuple[str, str, float | None]:
    """Kind (audio or video), outcome as written, and length in seconds if stated."""
    words = plain(text).strip()
    found = _CALL.fullmatch(words.casefold().rstrip("."))
    video = found is not None and found["video"] is not None
    spans = _SPAN.findall(words.casefold())
    seconds = float(sum(int(number) * _LENGTHS[unit] for number, unit in spans)) if spans else None
    return "video" if video else "audio", words[:200], seconds
