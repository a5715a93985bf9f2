"""What devices bring: recorded once, or on a lead's list once."""
