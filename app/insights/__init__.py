"""What the creditor gained, honestly."""
