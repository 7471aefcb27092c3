"""Registration (P2–P4): who registers where, and the form of technicians."""
