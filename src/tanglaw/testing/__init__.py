"""Public helpers for tests of sources, references and detectors."""
