"""Models: the encoder, the reranker and the chat model, and where their weights come from."""
