"""吹哨: a street calls bureaus to a place, and only that street lets them go."""
