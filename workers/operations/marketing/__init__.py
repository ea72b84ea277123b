"""Leads on their way to the tools, tracked events, automations."""
