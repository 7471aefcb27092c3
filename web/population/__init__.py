"""A believable invented province of any size (`manage.py generate_population`): benchmarks stand on it."""
