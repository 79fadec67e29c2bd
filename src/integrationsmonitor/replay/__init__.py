"""The recorded source: a loopback server that answers on the live paths with recorded answers."""

from integrationsmonitor.replay.exchange import Answer, Request
from integrationsmonitor.replay.server import ReplayServer
from integrationsmonitor.replay.store import RecordingStore

__all__ = ["Answer", "RecordingStore", "ReplayServer", "Request"]
