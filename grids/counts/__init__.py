"""What is stored of counts: the cube, moved with every version that comes."""
