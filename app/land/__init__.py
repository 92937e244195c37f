"""Who holds what: parties, rights, certificates, mortgages, restrictions, blocks and disputes of parcels."""
