"""Activities of the year, the grant scheme, the budget, and the annual report made of them."""
