import type { GraphLine, GraphNode, MapGraph, Tri } from "../../api/types";
import { colour } from "../../part/theme";

export interface DrawnNode extends GraphNode {
  colour: string;
  size: number;
}
export interface DrawnLine extends GraphLine {
  colour: string;
  size: number;
  state: Tri | "none";
}
export interface Drawing {
  nodes: DrawnNode[];
  lines: DrawnLine[];
}

/** The layers, from left to right; the exact kind stands in the panel and in the table. */
export const LAYERS: Record<string, { name: string; paint: string }> = {
  application: { name: "Applications", paint: "warn" },
  workload: { name: "Workloads", paint: "text" },
  identity: { name: "Identities", paint: "grave" },
  target: { name: "Models and other targets", paint: "accent" },
};

export const STATES: Record<Tri | "none", { name: string; paint: string }> = {
  no: { name: "lacking", paint: "bad" },
  unknown: { name: "not known", paint: "warn" },
  yes: { name: "there", paint: "good" },
  none: { name: "not looked at", paint: "line-strong" },
};

/** The picture's width by its height. */
const SHAPE = 1.2;

/** Colours, sizes and places for the theme that is shown and a screen's shape: layers stay layers however far they stand apart. */
export function draw(graph: MapGraph, by: string): Drawing {
  const paints = new Map<string, string>();
  const paint = (name: string) => {
    const known = paints.get(name);
    if (known) return known;
    const found = colour(name);
    paints.set(name, found);
    return found;
  };
  const [width, height] = extent(graph.nodes);
  const stretch = width > 0 ? (height * SHAPE) / width : 1;
  const [wider, taller] = stretch >= 1 ? [stretch, 1] : [1, 1 / Math.max(stretch, 0.05)];
  // Half of what two nodes of the fullest column have between them, of some 560 pixels.
  const room = Math.max(1.6, Math.min(9, 250 / fullest(graph.nodes)));
  return {
    nodes: graph.nodes.map((node) => ({
      ...node,
      title: node.title || node.arn || node.id,
      x: node.x * wider,
      // In the graph, y grows upwards; the API counts from the top.
      y: -node.y * taller,
      colour: paint(LAYERS[node.layer]?.paint ?? "line-strong"),
      size: room * Math.min(1, 0.6 + Math.log10(1 + node.calls) / 12),
    })),
    lines: graph.lines.map((line) => {
      const state = (by === "protected" ? line.protected : line.controls[by]) ?? "none";
      return { ...line, state, colour: sheer(paint(STATES[state].paint)), size: Math.max(1.4, Math.min(room, 1.4 + Math.log10(1 + line.calls) / 3)) };
    }),
  };
}

function extent(nodes: GraphNode[]): [number, number] {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of nodes) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  return [Math.max(0, right - left), Math.max(0, high - low)];
}

function fullest(nodes: GraphNode[]): number {
  const columns = new Map<number, number>();
  for (const { x } of nodes) columns.set(x, (columns.get(x) ?? 0) + 1);
  return Math.max(1, ...columns.values());
}

/** Where lines cross, both are seen. */
function sheer(paint: string): string {
  return paint.replace(/^rgb\(([^)]*)\)$/, "rgba($1, 0.75)");
}
