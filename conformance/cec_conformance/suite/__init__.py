"""The judge's cases as tests of pytest: `pytest --pyargs cec_conformance` (docs/testing.md)."""
