"""The list of places under governance (治理类): parts, rules, decisions."""
