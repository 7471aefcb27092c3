"""The content room's own views in Wagtail's admin."""
