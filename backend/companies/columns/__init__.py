"""All firms' facts as columns: what jobs over many firms read instead of the firms' files."""
