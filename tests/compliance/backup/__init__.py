"""Backups and restoring: a package, so that its hubs end with it."""
