"""Platforms: the names people call them by, and how their profile links name an account. Data only."""

from __future__ import annotations

import re
from functools import lru_cache

from tanglaw.selectors.base import words

# Names that can stand for nothing else, so that "name: handle" is enough.
PLAIN = {
    "telegram": "telegram", "telgram": "telegram", "tg": "telegram", "whatsapp": "whatsapp", "whats app": "whatsapp",
    "wa": "whatsapp", "skype": "skype", "snapchat": "snapchat", "instagram": "instagram", "insta": "instagram",
    "kik": "kik", "discord": "discord", "wickr": "wickr", "tiktok": "tiktok", "twitter": "x",
    "facebook": "facebook", "wechat": "wechat", "weixin": "wechat", "viber": "viber", "threema": "threema",
    "roblox": "roblox", "youtube": "youtube", "twitch": "twitch", "reddit": "reddit", "kakaotalk": "kakaotalk",
}  # fmt: skip
# Names that are words or short forms too: they want "id", "user" or an `@` as well, or a handle that is no word.
WORDY = {
    "line": "line", "signal": "signal", "session": "session", "steam": "steam", "snap": "snapchat", "sc": "snapchat",
    "ig": "instagram", "fb": "facebook", "messenger": "facebook", "yt": "youtube", "tt": "tiktok", "xbox": "xbox",
    "psn": "psn", "qq": "qq", "zalo": "zalo", "vk": "vk", "threads": "threads", "bluesky": "bluesky",
}  # fmt: skip
# Platforms whose accounts receive payments.
PAYMENT = frozenset(("paypal", "cashapp", "venmo", "revolut", "monzo", "wise", "kofi", "buymeacoffee"))
PHONE_NAMED = frozenset(("whatsapp", "signal", "viber"))

_NAME = r"([A-Za-z0-9_.-]{2,64})"
# Host -> (platform, expression over the path). The first group is the name; some links name an id or an invitation.
_LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "t.me": (("telegram-invite", r"/(?:joinchat/|\+)([A-Za-z0-9_-]{8,})"), ("telegram", r"/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})")),
    "twitter.com": (("x", r"/@?([A-Za-z0-9_]{1,15})"),),
    "instagram.com": (("instagram", rf"/(?:stories/)?@?{_NAME}"),),
    "facebook.com": (("facebook-id", r"/profile\.php\?id=([0-9]{4,})"), ("facebook", r"/(?:people/[^/]+/)?([A-Za-z0-9.]{5,64})")),
    "m.me": (("facebook", r"/([A-Za-z0-9.]{5,64})"),),
    "snapchat.com": (("snapchat", rf"/(?:add|t|u)/{_NAME}"), ("snapchat", rf"/@{_NAME}")),
    "tiktok.com": (("tiktok", rf"/@{_NAME}"),),
    "youtube.com": (("youtube", rf"/(?:@|c/|user/){_NAME}"), ("youtube-id", r"/channel/(UC[A-Za-z0-9_-]{22})")),
    "twitch.tv": (("twitch", r"/([A-Za-z0-9_]{3,25})"),),
    "kik.me": (("kik", rf"/{_NAME}"),),
    "kik.com": (("kik", rf"/u/{_NAME}"),),
    "linkedin.com": (("linkedin", rf"/in/{_NAME}"),),
    "reddit.com": (("reddit", rf"/(?:u|user)/{_NAME}"),),
    "github.com": (("github", r"/([A-Za-z0-9-]{1,39})"),),
    "vk.com": (("vk", rf"/{_NAME}"),),
    "ok.ru": (("ok", rf"/(?:profile/)?{_NAME}"),),
    "pinterest.com": (("pinterest", rf"/{_NAME}"),),
    "steamcommunity.com": (("steam", rf"/id/{_NAME}"), ("steam-id", r"/profiles/([0-9]{17})")),
    "roblox.com": (("roblox-id", r"/users/([0-9]+)"),),
    "discord.gg": (("discord-invite", r"/([A-Za-z0-9-]{2,32})"),),
    "discord.com": (("discord-invite", r"/invite/([A-Za-z0-9-]{2,32})"), ("discord-id", r"/users/([0-9]{15,21})")),
    "medium.com": (("medium", rf"/@{_NAME}"),),
    "threads.net": (("threads", rf"/@{_NAME}"),),
    "bsky.app": (("bluesky", rf"/profile/{_NAME}"),),
    "soundcloud.com": (("soundcloud", rf"/{_NAME}"),),
    "paypal.me": (("paypal", r"/([A-Za-z0-9]{1,20})"),),
    "paypal.com": (("paypal", r"/paypalme/([A-Za-z0-9]{1,20})"),),
    "cash.app": (("cashapp", r"/\$([A-Za-z0-9_-]{1,20})"),),
    "venmo.com": (("venmo", rf"/(?:u/)?{_NAME}"),),
    "revolut.me": (("revolut", r"/([A-Za-z0-9]{3,40})"),),
    "monzo.me": (("monzo", r"/([A-Za-z0-9]{3,40})"),),
    "wise.com": (("wise", r"/pay/me/([A-Za-z0-9]{3,60})"),),
    "ko-fi.com": (("kofi", rf"/{_NAME}"),),
    "buymeacoffee.com": (("buymeacoffee", rf"/{_NAME}"),),
    "line.me": (("line", rf"/(?:R/)?ti/p/~?{_NAME}"),),
    "join.skype.com": (("skype-invite", r"/([A-Za-z0-9]{8,})"),),
    "wa.me": (("whatsapp", r"/\+?([0-9]{7,15})"),),
    "whatsapp.com": (("whatsapp", r"/send/?\?phone=(?:%2B|\+)?([0-9]{7,15})"),),
    "chat.whatsapp.com": (("whatsapp-invite", r"/([A-Za-z0-9]{18,})"),),
}  # fmt: skip
_SAME = {
    "telegram.me": "t.me", "telegram.dog": "t.me", "x.com": "twitter.com", "mobile.twitter.com": "twitter.com",
    "fb.com": "facebook.com", "m.facebook.com": "facebook.com", "mbasic.facebook.com": "facebook.com",
    "discordapp.com": "discord.com", "old.reddit.com": "reddit.com", "m.youtube.com": "youtube.com",
    "api.whatsapp.com": "whatsapp.com", "web.whatsapp.com": "whatsapp.com", "m.vk.com": "vk.com",
    "threads.com": "threads.net", "web.roblox.com": "roblox.com", "m.tiktok.com": "tiktok.com",
    "story.snapchat.com": "snapchat.com",
}  # fmt: skip
PROFILES = {host: tuple((name, re.compile(form)) for name, form in forms) for host, forms in _LINKS.items()}
PLATFORM_HOSTS = frozenset(_LINKS) | frozenset(_SAME) | {"youtu.be", "redd.it", "goo.gl", "bit.ly"}
# First path parts that are pages of the platform and name nobody.
_PAGES = words(
    "about account accounts ads api app apps blog business careers channel channels clip clips compose contact developer "
    "developers directory docs download downloads events explore features feed games gaming group groups hashtag help "
    "home i intent invite jobs join joinchat legal live login logout marketplace messages news notifications oauth p page "
    "pages photo photo.php policies post posts press pricing privacy profile profile.php public questions reel reels "
    "results search security settings share shared sharer sharer.php signin signup site sponsors stories story.php "
    "support tags terms topics tos trending tv user users video videos watch web who wiki favicon.ico index.html orgs "
    "permalink.php l.php dialog plugins"
)


PLATFORMS = frozenset(
    {"fediverse", *PLAIN.values(), *WORDY.values(), *(name for forms in _LINKS.values() for name, _ in forms)}
)


def profile(host: str, path: str) -> tuple[str, str] | None:
    """Platform and name that a link's host (A-label) and path name, or None; phone numbers as `+digits`."""
    host = host.removeprefix("www.")
    host = _SAME.get(host, host)
    return _named(host, path) if host in PROFILES else None


@lru_cache(maxsize=16)
def _named(host: str, path: str) -> tuple[str, str] | None:
    for platform, form in PROFILES[host]:
        found = form.match(path if len(path) < 300 else path[:300])
        if found is None:
            continue
        name, rest = found[1], path[found.end() :]
        if rest[:1] not in ("", "/", "?", "#") and not (platform == "whatsapp" and rest[:1] == "&"):
            continue
        if "-" in platform:
            return platform, name
        if name.lower() in _PAGES or not any(char.isalnum() for char in name):
            return None
        return (platform, f"+{name}") if platform == "whatsapp" else (platform, name.lower().rstrip("."))
    return None
