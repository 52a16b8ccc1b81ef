"""The fields of Telegram's JSON export: used, known and not used, and where they may stand."""

from __future__ import annotations

from typing import Any, Final

import msgspec


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PATHS: Final = (("messages",), ("chats", "list", "*", "messages"), ("left_chats", "list", "*", "messages"))


class Message(msgspec.Struct, kw_only=True, gc=False):
    """One entry of `messages`, as far as it is used. `type` must be there."""

    type: str
    id: int | str | None = None
    date: str | None = None
    date_unixtime: str | int | None = None
    edited: str | None = None
    edited_unixtime: str | int | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    from_id: str | int | None = None
    actor: str | None = None
    actor_id: str | int | None = None
    action: str | None = None
    title: str | None = None
    members: Any = None
    text: Any = ""
    information_text: str | None = None
    reply_to_message_id: int | str | None = None
    forwarded_from: str | None = None
    forwarded_from_id: str | int | None = None
    photo: Any = None
    file: Any = None
    media_type: str | None = None
    duration_seconds: float | None = None
    duration: float | None = None
    discard_reason: str | None = None
    contact_information: Any = None
    location_information: Any = None
    place_name: str | None = None
    address: str | None = None
    poll: Any = None
    invoice_information: Any = None


UNUSED: Final = _words(
    """
    amount author boost_peer_id boost_peer_name boosts button_id charge_id contact_vcard contact_vcard_file_size cost
    currency distance emoticon file_name file_size full_text game_description game_link game_message_id game_title
    gift_code gift_id gift_text giveaway_information giveaway_msg_id giveaway_results height inline_bot_buttons
    inviter invoice_message_id is_anonymous is_limited is_unclaimed live_location_period_seconds media_spoiler
    message_id mime_type months new_icon_emoji_id new_title paid_stars_amount peer_id peer_name performer period
    photo_file_size reactions reason_app_id reason_app_name reason_domain recurring reply_to_peer_id saved_from
    schedule_date score self_destruct_period_seconds stars sticker_emoji sticker_id sticker_set_id text_entities
    thumbnail thumbnail_file_size to to_id todo_list transaction_id unclaimed values via_bot via_giveaway width winners
    """
)

TOP: Final = _words(
    """
    about chats contacts frequent_contacts id left_chats messages name other_data personal_information
    profile_pictures sessions stories type web_sessions
    """
)
LISTS: Final = frozenset(("about", "list"))
PERSONAL: Final = frozenset(("user_id", "first_name", "last_name", "phone_number", "username", "bio"))
CONTACT: Final = frozenset(("user_id", "first_name", "last_name", "phone_number", "date", "date_unixtime"))
FREQUENT: Final = frozenset(("id", "category", "type", "name", "rating"))
SESSION: Final = _words(
    """
    last_active last_active_unixtime last_ip last_country last_region application_name application_version
    device_model platform system_version created created_unixtime bot_username domain_name browser
    """
)
PART: Final = frozenset(("type", "text", "href", "user_id", "document_id", "language", "collapsed"))

DIRECT: Final = frozenset(("personal_chat", "bot_chat"))
SELF: Final = "saved_messages"
CHAT_TYPES: Final = {
    "personal_chat": "direct",
    "bot_chat": "direct",
    "saved_messages": "direct",
    "private_group": "group",
    "private_supergroup": "group",
    "public_supergroup": "group",
    "private_channel": "channel",
    "public_channel": "channel",
    "replies": "group",
    "verification_codes": "group",
}
