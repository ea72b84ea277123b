"""Instagram's twin: `twin` is the web application, `accounts` what accounts do, `nodes` how things are shown."""

from sandbox.social.instagram.twin import InstagramTwin

__all__ = ["InstagramTwin"]
