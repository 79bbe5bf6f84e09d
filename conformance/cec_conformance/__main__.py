"""`python -m cec_conformance` is `cec-conformance`."""

from cec_conformance.command import main

main(prog_name="cec-conformance")
