"""Sending an issue: PostgreSQL is the queue, every copy a row of the ledger; all else is a hint.

Any number of senders may work at once, in threads, processes and machines. Each holds at most one copy "in the air":
committed as `sending` before the server hears of it, and marked as soon as the server has answered.

| what happens                            | lost | sent twice, of W senders                     |
|-----------------------------------------|------|----------------------------------------------|
| one worker killed                       | 0    | at most W, one for each of its connections   |
| machine or database without power       | 0    | at most W                                    |
| mail server dies                        | 0    | at most W                                    |
| Redis away or emptied, beat or web away | 0    | 0                                            |
| a sender stalls beyond its lease        | 0    | at most 1                                    |

A copy of which nobody knows whether it arrived goes out `max_resends` times more, with the same Message-ID; then
people decide. "Lost" ends when the mail server has answered 250: from there on its own queue answers for the mail.

`steps` speak SQL, `pacing` says how fast, `senders` hold connections, `pumping` is what tasks and commands call.
"""
