"""Pages for staff. Each authorises, reads what was sent, calls one service, answers."""
