"""What the ledger tells: SELECT only, scoped to one territory, answered as typed rows. Nothing here writes."""
