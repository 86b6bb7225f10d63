/**
 * Returns the strongly connected components of a graph, each after every component that it leads to. Ignores edges to
 * ids that are not nodes. This is Tarjan's algorithm without recursion, because a chain of nested groups can be long.
 */
export function componentsOf(
  nodes: Iterable<string>,
  edges: (node: string) => readonly string[],
  isNode: (id: string) => boolean,
): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const components: string[][] = [];

  const enter = (node: string) => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, next: edges(node).filter(isNode), at: 0 };
  };
  const lower = (node: string, value: number) => lowest.set(node, Math.min(lowest.get(node) ?? value, value));
  const leave = (node: string) => {
    if (lowest.get(node) !== order.get(node)) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const member of component) isOpen.delete(member);
    components.push(component);
  };

  for (const root of nodes) {
    if (order.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.next[top.at];
      top.at += 1;
      if (next === undefined) {
        path.pop();
        leave(top.node);
        const parent = path.at(-1);
        if (parent !== undefined) lower(parent.node, lowest.get(top.node) ?? 0);
      } else if (!order.has(next)) path.push(enter(next));
      else if (isOpen.has(next)) lower(top.node, order.get(next) ?? 0);
    }
  }
  return components;
}
