"""What `make bench` measures: on a database of its own, as ratios and rates of one run."""
