"""The judge of servers: visits that a platform cannot tell from a client's, and rules on what it answered.

A *visit* is what one or several users do, well or badly behaved on purpose. It is recorded from the visitors' side as a
trace like any other, and the rules are pure functions of that trace; each exchange says which user made it and what was
meant to be wrong with it. The same visits are paid over the network and, to the emulator and its faulty twins, in
virtual time.
"""
