"""What comes back from the mail servers of readers: read, understood, and taken from the mailbox."""
