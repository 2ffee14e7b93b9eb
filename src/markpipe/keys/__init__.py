"""Row 4: the secret keys of a site.  Nothing here knows what is authenticated with them."""
