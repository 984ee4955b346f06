"""What events' facts say of people: when something last happened with them."""
