"""From a parsed question to passages and sentences: search, fusion, second stage, answerability."""
