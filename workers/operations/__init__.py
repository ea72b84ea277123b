"""Carrying out what clients asked for: claim, route, call, record."""
