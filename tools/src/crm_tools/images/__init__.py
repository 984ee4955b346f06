"""`make images` and `make test-images`: the images of the deployables, built, and the compose file's system run of them."""
