"""Sessions: paid video calls rebuilt from payments, chats, log-ins and call logs, with roles, network and requests.

Validated on simulated worlds only, until an agency validates on its own cases.
"""

from __future__ import annotations

from tanglaw.sessions.stage import SESSION_STAGE

__all__ = ["SESSION_STAGE"]
