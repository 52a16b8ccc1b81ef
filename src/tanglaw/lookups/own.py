"""A workspace's own settings and policy pack."""

from __future__ import annotations

import msgspec

from tanglaw.config import Settings, load
from tanglaw.errors import CheckSettings
from tanglaw.policy import Policy
from tanglaw.policy import demo as demo_policy
from tanglaw.policy import load as load_policy
from tanglaw.store.workspace import Workspace


def settings_of(workspace: Workspace, **given: object) -> Settings:
    """The workspace's settings, with what the caller gives; mappings lie in its own folder unless they say else."""
    settings = load(workspace.folder / "settings.toml", given=given)
    if settings.mappings_folder:
        return settings
    return msgspec.structs.replace(settings, mappings_folder=str(workspace.folder / "mappings"))


def policy_of(workspace: Workspace) -> Policy:
    """The workspace's own policy pack, or the demo pack where it has none and is not operational."""
    folder = workspace.folder / "policy"
    if (folder / "policy.toml").is_file():
        return load_policy(folder)
    if workspace.facts.operational:
        raise CheckSettings(f"put your agency's policy pack into {folder} (docs/policy.md describes it)")
    return demo_policy()
