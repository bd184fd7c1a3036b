"""What residents see. No sign-in, no cookie, nothing about the person kept."""
