"""The workbench: what is shown off, and that nothing is missing from it."""
