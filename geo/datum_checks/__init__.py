"""What witnesses said of the datum of each batch: takes verdicts, gives the newest of a source."""
