"""An accepted offer: terms, instalments, evidence, breaks and re-offers."""
