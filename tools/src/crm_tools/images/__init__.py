"""`make images` and `make test-images`: the deployables' images, built, and the compose file's system run of them."""
