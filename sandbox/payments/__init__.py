"""Twins of the payment gateways."""
