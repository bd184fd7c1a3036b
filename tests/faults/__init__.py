SENDERS = 2  # of a worker: so many copies are in the air when it is killed, and may go twice
