"""People who walk through the plant in any order, a room for each part of it, and the model beside the ledger."""
