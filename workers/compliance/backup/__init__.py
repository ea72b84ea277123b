"""Backups of the hub or of one organization: taken, kept, checked and restored. docs/backup.md tells the format."""
