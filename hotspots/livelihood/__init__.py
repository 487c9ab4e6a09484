"""The index of people's livelihood (民生指数): a written scale by which places are given points."""
