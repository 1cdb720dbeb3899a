"""What is told of the work to whoever runs it: ids, logs, measures, traces."""
