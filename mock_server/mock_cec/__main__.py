"""`python -m mock_cec` is `mock-cec`."""

from mock_cec.command import main

main(prog_name="mock-cec")
