"""What reuse is worth, in plain arithmetic."""
