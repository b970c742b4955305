"""Coverage figures with their intervals, as the metrics page defines them."""
