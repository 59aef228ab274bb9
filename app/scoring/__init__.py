"""What is known of each person, as probabilities with their uncertainty."""
