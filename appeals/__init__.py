"""The record: what citizens said. Takes rows of files and messages, gives versions of appeals."""
