"""Facebook's twin: `twin` is the web application, `pages` what pages do, `nodes` how things are shown."""

from sandbox.social.facebook.twin import FacebookTwin

__all__ = ["FacebookTwin"]
