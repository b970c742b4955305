"""Pretraining, fine-tuning, calibration, evaluation, export; needs the extra `train`."""
