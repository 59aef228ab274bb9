"""What `make bench` measures: ratios to a limit measured in the same run."""
