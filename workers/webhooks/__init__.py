"""Webhooks: taken in durably, and turned into what they mean."""
