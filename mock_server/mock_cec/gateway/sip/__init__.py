"""SIP as the gateway's line needs it: messages, server transactions, dialogs (RFC 3261), without any I/O.

`sipmessage` holds the headers and reads the plain ones; what answers copy is copied raw, for writing a header anew
changes it, and clients drop what is not theirs letter by letter. This package is loaded with the first line.
"""
