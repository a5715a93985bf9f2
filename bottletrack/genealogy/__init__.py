"""Which bottles came from where: the walk along movements, and its arithmetic. What trace and recall stand on."""
