"""By the book: takes a case and a move, says whether the move is lawful."""
