"""`python -m cec_client` is `cec-call`."""

from cec_client.command import main

if __name__ == "__main__":
    main()
