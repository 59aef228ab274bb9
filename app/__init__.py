"""What is done. Importing this package loads no web framework."""
