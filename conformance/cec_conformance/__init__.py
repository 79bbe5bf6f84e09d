"""The judge: does a client, or a server, keep the documented flow and retry rules of CEC click-to-call?"""
