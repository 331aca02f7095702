import { MultiDirectedGraph } from "graphology";
import { useEffect, useMemo, useRef, useState } from "react";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import type { MapGraph } from "../../api/types";
import { colour } from "../../part/theme";
import { type Drawing, draw } from "./drawing";
import { Legend } from "./Legend";
import { NodePanel } from "./NodePanel";
import { savePng, saveSvg } from "./picture";

/** The map as a picture. Whoever cannot see it has the same edges in the table beside it. */
export default function GraphView({ graph, by, find, openEdge }: { graph: MapGraph; by: string; find: string; openEdge: (id: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const sigma = useRef<Sigma | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const theme = useTheme();
  // Colours are resolved anew when the theme changes.
  const drawing = useMemo(() => draw(graph, by), [graph, by, theme]);
  const open = useRef(openEdge);
  open.current = openEdge;
  const lit = useMemo(() => neighbours(drawing, chosen, find), [drawing, chosen, find]);

  useEffect(() => {
    if (!place.current) return undefined;
    const view = new Sigma(built(drawing), place.current, {
      allowInvalidContainer: true,
      // To tell lines under the pointer, all are drawn a second time: with many, the list beside a node opens them.
      enableEdgeEvents: drawing.lines.length <= 2000,
      defaultEdgeType: "arrow",
      labelDensity: 0.8,
      labelRenderedSizeThreshold: drawing.nodes.length > 800 ? 6 : 3,
      labelGridCellSize: 48,
      stagePadding: 56,
      defaultDrawNodeLabel: drawLabel(colour("surface"), colour("text")),
      minEdgeThickness: 1,
      zIndex: true,
      hideLabelsOnMove: true,
      defaultDrawNodeHover: () => undefined,
    });
    view.getCamera().setState(sigma.current?.getCamera().getState() ?? home(place.current));
    sigma.current = view;
    // What bench/console waits for.
    requestAnimationFrame(() => performance.mark("map drawn"));
    view.on("clickNode", ({ node }) => setChosen(node));
    view.on("clickStage", () => setChosen(null));
    view.on("clickEdge", ({ edge }) => {
      const line = drawing.lines.find((one) => one.id === edge);
      // A line of one edge opens it; of several, the list of them.
      if (line?.edges === 1 && line.edge_ids[0]) open.current(line.edge_ids[0]);
      else if (line) setChosen(line.source);
    });
    view.on("enterNode", () => place.current?.classList.add("points"));
    view.on("leaveNode", () => place.current?.classList.remove("points"));
    view.on("enterEdge", () => place.current?.classList.add("points"));
    view.on("leaveEdge", () => place.current?.classList.remove("points"));
    return () => view.kill();
  }, [drawing]);

  useEffect(() => {
    const view = sigma.current;
    if (!view) return;
    const dim = colour("line");
    view.setSetting("nodeReducer", (id, data) => (lit && !lit.has(id) ? { ...data, color: dim, label: "", zIndex: 0 } : { ...data, zIndex: 1, forceLabel: lit !== null && lit.size <= 40 }));
    view.setSetting("edgeReducer", (id, data) => {
      if (!lit) return data;
      const graphology = view.getGraph();
      const [from, to] = graphology.extremities(id);
      const near = chosen ? from === chosen || to === chosen : lit.has(from) && lit.has(to);
      return near ? { ...data, zIndex: 1 } : { ...data, hidden: true };
    });
  }, [lit, chosen, drawing]);

  useEffect(() => {
    if (!find || !lit || lit.size === 0) return;
    const [first] = lit;
    const at = first === undefined ? undefined : sigma.current?.getNodeDisplayData(first);
    if (at && lit.size <= 3) void sigma.current?.getCamera().animate({ x: at.x, y: at.y, ratio: 0.35 }, { duration: 200 });
  }, [find, lit]);

  return (
    <div className="map" data-panel={chosen ? "" : undefined}>
      <div className="map-canvas">
        <div ref={place} className="map-place" aria-hidden="true" />
        <div className="map-tools" role="group" aria-label="Picture">
          <button type="button" className="button" aria-label="Zoom in" onClick={() => void sigma.current?.getCamera().animatedZoom()}>
            +
          </button>
          <button type="button" className="button" aria-label="Zoom out" onClick={() => void sigma.current?.getCamera().animatedUnzoom()}>
            −
          </button>
          <button type="button" className="button small" onClick={() => place.current && void sigma.current?.getCamera().animate(home(place.current), { duration: 200 })}>
            Fit
          </button>
          <button type="button" className="button small" aria-label="Save the map as SVG" onClick={() => saveSvg(drawing, colour("surface"), colour("text"))}>
            SVG
          </button>
          <button type="button" className="button small" aria-label="Save the map as PNG" onClick={() => savePng(drawing, colour("surface"), colour("text"))}>
            PNG
          </button>
        </div>
        <Legend by={by} />
      </div>
      {chosen && <NodePanel drawing={drawing} id={chosen} choose={setChosen} openEdge={openEdge} />}
    </div>
  );
}

/** All of it, and room for the names that stand to the right of the last layer. */
function home(place: HTMLElement): { x: number; y: number; ratio: number; angle: number } {
  const isWide = place.clientWidth > place.clientHeight * 1.3;
  return { x: isWide ? 0.62 : 0.5, y: 0.5, ratio: 1, angle: 0 };
}

/** A name on a ground of its own, so that lines do not strike it through. */
function drawLabel(ground: string, ink: string): NonNullable<Partial<Settings>["defaultDrawNodeLabel"]> {
  return (pen, { label, x, y, size }) => {
    if (!label) return;
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = ground;
    pen.globalAlpha = 0.82;
    pen.fillRect(x + size + 2, y - 8, pen.measureText(label).width + 6, 16);
    pen.globalAlpha = 1;
    pen.fillStyle = ink;
    pen.fillText(label, x + size + 5, y + 4);
  };
}

function built(drawing: Drawing): MultiDirectedGraph {
  const graph = new MultiDirectedGraph();
  for (const node of drawing.nodes) {
    graph.mergeNode(node.id, { x: node.x, y: node.y, size: node.size, color: node.colour, label: node.title.slice(0, 40) });
  }
  for (const line of drawing.lines) {
    if (graph.hasNode(line.source) && graph.hasNode(line.target) && !graph.hasEdge(line.id)) {
      graph.addEdgeWithKey(line.id, line.source, line.target, { size: line.size, color: line.colour });
    }
  }
  return graph;
}

/** Which nodes stand out: the chosen one with its neighbours, or those that are looked for; nothing where all do. */
function neighbours(drawing: Drawing, chosen: string | null, find: string): Set<string> | null {
  if (chosen) {
    const near = drawing.lines.filter((line) => line.source === chosen || line.target === chosen);
    return new Set([chosen, ...near.flatMap((line) => [line.source, line.target])]);
  }
  const text = find.trim().toLowerCase();
  if (!text) return null;
  return new Set(drawing.nodes.filter((node) => node.title.toLowerCase().includes(text) || node.id.toLowerCase().includes(text)).map((node) => node.id));
}

function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    document.addEventListener("sightline-theme", changed);
    return () => {
      system.removeEventListener("change", changed);
      document.removeEventListener("sightline-theme", changed);
    };
  }, []);
  return changes;
}
