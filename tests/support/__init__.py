"""What many tests stand on: the clock, the database template, the network guard."""
