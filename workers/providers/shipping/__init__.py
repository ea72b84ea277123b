"""Carriers: whoever takes a parcel from one door to another."""
