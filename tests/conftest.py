"""Fixtures for all tests."""

pytest_plugins = ["tanglaw.testing.engines"]
