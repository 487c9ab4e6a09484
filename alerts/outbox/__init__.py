"""What is to be said and to whom: notices in, deliveries out, one row a notice and channel."""
