"""HTTP endpoints: thin adapters over the data plane."""
