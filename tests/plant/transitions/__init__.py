"""The plant's table of transitions, each row with an example of how it goes here."""
