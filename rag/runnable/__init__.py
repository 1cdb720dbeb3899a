"""The chain as LangChain has it: what it takes, what it gives, as a retriever, as a tool."""
