"""What is said by mail, in the brand's dress."""
