"""What is for whoever runs the server: ids of requests, health, measures."""
