"""The pages under /my/. Fetching is authorising: an organisation of others is not found."""
