"""The bench: measures retrieval and answers on question-answering sets, beside stock systems.

Everything here is for `sourcier eval` alone; its extra packages are those of `sourcier[eval]`.
"""
