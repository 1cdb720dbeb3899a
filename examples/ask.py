"""Ask your articles from a script: one answer, a streamed answer, a follow-up, and a chain of your own.

python examples/ask.py "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?"
"""

import sys

from langchain_core.runnables import RunnableLambda

from rag import Answer, Filters, Question, load_chain

BIRTHS = "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?"


def show(answer: Answer) -> None:
    """Print an answer, then for each [n] the exact words that it rests on."""
    print(answer.text)
    for number, evidence in enumerate(answer.citations, start=1):
        article = evidence.article
        print(f"[{number}] {evidence.quote}")
        print(f"    {article.title} ({article.outlet}, {article.published_at})")
        print(f"    {article.canonical_url or article.source}")


asked = sys.argv[1] if len(sys.argv) > 1 else BIRTHS
chain = load_chain("config.yaml")

# The whole answer at once.
answer = chain.invoke(asked)
show(answer)

# Typed events, as they come: what was found, then the words, then what checking said, last the Answer.
for event in chain.stream(asked):
    print(type(event).__name__, getattr(event, "text", ""))

# A follow-up: the conversation so far goes with the question. Filters narrow it.
history = (answer.turn(),)
since = Filters(languages=("fr",))
show(chain.invoke(Question("Et cinq ans plus tôt ?", history=history, filters=since)))

# It is a LangChain Runnable: batch, ainvoke, astream and | work too.
sources = chain | RunnableLambda(lambda answer: sorted({item.article.source for item in answer.citations}))
print(sources.invoke(asked))

chain.close()
