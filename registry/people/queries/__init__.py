"""Reads that doors ask for."""
