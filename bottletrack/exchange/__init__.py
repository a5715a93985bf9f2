"""Spreadsheets and partners' files: in through the verbs, out from the reports. The only room with pandas."""
