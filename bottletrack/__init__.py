"""The plant: words, rules and records of a glass-bottle reuse network. Knows no web and no paper."""
