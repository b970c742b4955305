"""HTTP API, pages, store and coverage figures."""
