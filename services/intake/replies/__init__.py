"""What reporters answer: masked, and kept for those who asked."""
