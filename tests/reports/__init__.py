"""Reports, on both databases, over what the verbs recorded."""
