"""Watching connections and workers: health checks and metrics."""
