"""LangGraph with its saver and its store in DynamoDB: an agent that asks before it acts, and goes on in another process.

Usage: langgraph_job.py ask <table>     runs up to the question, in two threads of talk
       langgraph_job.py go_on <table>   answers it in the first, forgets the second; prints what the saver has kept"""

import hashlib
import json
import operator
import sys
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from langgraph_checkpoint_aws import DynamoDBSaver, DynamoDBStore

DAY_SECONDS = 24 * 60 * 60
LONG = "".join(hashlib.sha256(b"%d" % number).hexdigest() for number in range(8000))  # 512 KB, whose compression fits an item


class State(TypedDict):
    said: Annotated[list[str], operator.add]
    notes: str


def think(state):
    return {"said": ["thought"], "notes": LONG}


def look_up(state):
    return {"said": ["looked up"]}


def ask(state):
    return {"said": [f"may I? {interrupt('may I?')}"]}


def act(state, *, store):
    store.put(("memories", "ada"), "last", {"did": len(state["said"])})
    return {"said": ["acted"]}


def agent(table):
    """Two steps at once after the first: each leaves its writes before the checkpoint that takes them in."""
    saver = DynamoDBSaver(table, ttl_seconds=DAY_SECONDS, enable_checkpoint_compression=True)
    store = DynamoDBStore(f"{table}-store", ttl={"default_ttl": 60, "refresh_on_read": True})
    store.setup()
    graph = StateGraph(State)
    for node in (think, look_up, ask, act):
        graph.add_node(node)
    for edge in ((START, "think"), ("think", "look_up"), ("think", "ask"), ("ask", "act"), ("act", END)):
        graph.add_edge(*edge)
    return graph.compile(checkpointer=saver, store=store), saver, store


def thread(name):
    return {"configurable": {"thread_id": name}}


def begin(table):
    graph, _, _ = agent(table)
    for name in ("first", "second"):
        graph.invoke({"said": ["hello"], "notes": ""}, thread(name))


def go_on(table):
    graph, saver, store = agent(table)
    waiting = graph.get_state(thread("first"))
    done = graph.invoke(Command(resume="yes"), thread("first"))
    history = list(graph.get_state_history(thread("first")))
    again = graph.invoke(None, history[-2].config)  # a fork: from the checkpoint before the first step
    saver.delete_thread("second")
    store.put(("memories", "grace"), "last", {"did": 0})
    print(json.dumps({
        "waits": [list(waiting.next), [what.value for what in waiting.interrupts]],
        "said": done["said"], "long": done["notes"] == LONG,
        "history": [[state.metadata["step"], len(state.values.get("said", []))] for state in history],
        "limited": [saved.metadata["step"] for saved in saver.list(thread("first"), limit=2)],
        "forked": again["said"],
        "forgotten": saver.get_tuple(thread("second")) is None,
        "remembered": store.get(("memories", "ada"), "last").value,
        "found": [item.key for item in store.search(("memories", "ada"), filter={"did": 4})],
        "namespaces": sorted(map(list, store.list_namespaces(prefix=("memories",)))),
    }, default=int))


{"ask": begin, "go_on": go_on}[sys.argv[1]](sys.argv[2])
