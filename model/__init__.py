"""Text to prediction: preparation, windows, network, calibration, evidence, bundle."""
