"""The list of sensitive terms: what a deployer may change, how it is read, checked and kept."""
