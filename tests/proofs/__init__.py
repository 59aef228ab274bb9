"""What `make proofs` runs: each module has `run() -> dict` of figures."""
