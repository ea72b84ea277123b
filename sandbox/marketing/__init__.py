"""Twins of marketing tools."""
