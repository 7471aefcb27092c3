"""What the Makefile runs. `prepare` runs before there is a virtual environment and uses the standard library alone."""
