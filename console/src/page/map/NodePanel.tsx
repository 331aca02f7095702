import { Badge } from "../../part/Badge";
import { Mono } from "../../part/Facts";
import { compact, several, spaced } from "../../part/words";
import { type DrawnLine, type Drawing, STATES } from "./drawing";

/** What one node is connected to; each line opens its edges. */
export function NodePanel({ drawing, id, choose, openEdge }: { drawing: Drawing; id: string; choose: (id: string | null) => void; openEdge: (edge: string) => void }) {
  const node = drawing.nodes.find((one) => one.id === id);
  const titles = new Map(drawing.nodes.map((one) => [one.id, one.title]));
  const lines = drawing.lines.filter((line) => line.source === id || line.target === id);
  if (!node) return null;
  return (
    <section className="panel" aria-label={`Connections of ${node.title}`}>
      <div className="row">
        <Badge word={spaced(node.kind)} tone="plain" />
        <span className="grow" />
        <button type="button" className="button small" onClick={() => choose(null)}>
          Close
        </button>
      </div>
      <h2 className="wrap">{node.title}</h2>
      {node.arn && node.arn !== node.title && <Mono>{node.arn}</Mono>}
      <p className="quiet">{several(lines.length, "connection")}</p>
      <ul className="list">
        {lines.slice(0, 200).map((line) => (
          <li key={line.id}>
            <button type="button" className="link wrap" onClick={() => choose(line.source === id ? line.target : line.source)}>
              {line.source === id ? "→ " : "← "}
              {titles.get(line.source === id ? line.target : line.source)}
            </button>
            <span className="quiet small">
              {STATES[line.state].name} · {compact(line.calls)} calls
            </span>
            <EdgeLinks line={line} openEdge={openEdge} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function EdgeLinks({ line, openEdge }: { line: DrawnLine; openEdge: (edge: string) => void }) {
  const [first] = line.edge_ids;
  if (line.edges === 1 && first) {
    return (
      <button type="button" className="link small" onClick={() => openEdge(first)}>
        Evidence, controls and fix
      </button>
    );
  }
  return (
    <details>
      <summary className="small">{several(line.edges, "edge")}</summary>
      <ul className="row">
        {line.edge_ids.map((edge, place) => (
          <li key={edge}>
            <button type="button" className="link small" onClick={() => openEdge(edge)}>
              Edge {place + 1}
            </button>
          </li>
        ))}
        {line.edges > line.edge_ids.length && <li className="quiet small">and more: see the table</li>}
      </ul>
    </details>
  );
}
