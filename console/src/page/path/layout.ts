import { Graph, layout } from "@dagrejs/dagre";
import type { EdgePath } from "../../api/types";

export const WIDTH = 300;
export const HEIGHT = 64;

export interface Placed {
  /** upper left corners */
  at: Map<string, { x: number; y: number }>;
  width: number;
  height: number;
}

/** Places for the steps, from top to bottom: a long way is read as a page is. */
export function placed(path: EdgePath): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 26, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(path.steps.map((step) => step.id));
  for (const step of path.steps) graph.setNode(step.id, { width: WIDTH, height: HEIGHT });
  for (const { source, target } of path.links) if (known.has(source) && known.has(target)) graph.setEdge(source, target);
  layout(graph);
  const at = new Map<string, { x: number; y: number }>();
  let [width, height] = [0, 0];
  for (const id of known) {
    const { x, y } = graph.node(id);
    at.set(id, { x: x - WIDTH / 2, y: y - HEIGHT / 2 });
    width = Math.max(width, x + WIDTH / 2);
    height = Math.max(height, y + HEIGHT / 2);
  }
  return { at, width, height };
}
