"""Virtual time: an event loop whose clock jumps, and a network without sockets; an hour passes in milliseconds."""
