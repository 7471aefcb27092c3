"""Which code table says the level (级别) of an organisation of each kind (P4, H1)."""

LEVEL_TABLES = {"bureau": "department_level", "department": "department_level", "base": "base_level"}
"""Employers have no level."""
