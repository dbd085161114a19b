"""Benchmarks for `make bench` and `make bench-imports`. They use temporary databases."""
