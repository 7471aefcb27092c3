"""Refusals of registry.people."""
