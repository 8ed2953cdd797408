"""Which parts of a process can ever be undone, so that nothing is remembered in vain."""

from collections.abc import Iterator

from engine.bpmn.diagram import Block, Element, Process


def undone_blocks(process: Process) -> set[str]:
    """Blocks that some compensation or cancel event reaches: those it sees, and all inside them."""
    found: set[str] = set()
    for block in process.blocks():
        if any(throws_compensation(element) for element in block.elements.values()):
            found.update(inner.id for seen in visible_blocks(process, block) for inner in inside(seen))
    return found


def visible_blocks(process: Process, block: Block) -> list[Block]:
    """Where a compensation event in `block` looks: its own level; in an event sub-process that around it, too."""
    seen = [block]
    while seen[-1].id in process.around and process.around[seen[-1].id][1].event_sub_process:
        seen.append(process.around[seen[-1].id][0])
    return seen


def throws_compensation(element: Element) -> bool:
    trigger = element.trigger
    return (
        trigger is not None
        and trigger.kind in {"compensation", "cancel"}
        and element.type in {"endEvent", "intermediateThrowEvent"}
    )


def inside(block: Block) -> Iterator[Block]:
    """The block and all its sub-processes' blocks."""
    yield block
    for element in block.elements.values():
        if element.block is not None:
            yield from inside(element.block)
