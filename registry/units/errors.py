"""Refusals of registry.units."""
