"""Integrationsmonitor Thüringen: a nightly warehouse of official integration statistics."""
