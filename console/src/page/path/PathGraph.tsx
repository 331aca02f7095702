import { Controls, type Edge, Handle, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useMemo } from "react";
import type { EdgePath, PathStep } from "../../api/types";
import { ControlStrip } from "../map/ControlStrip";
import { HEIGHT, placed, WIDTH } from "./layout";

type StepNode = Node<{ step: PathStep }, "step">;

const KINDS = { step: StepCard };
const MARKER = "arrowclosed" as const;

/** The way as a picture, from top to bottom. Each step can be reached and opened by keyboard; the table has the same. */
export default function PathGraph({ path, chosen, choose }: { path: EdgePath; chosen: string | null; choose: (id: string | null) => void }) {
  const layout = useMemo(() => placed(path), [path]);
  const nodes = useMemo<StepNode[]>(
    () =>
      path.steps.map((step) => ({
        id: step.id,
        type: "step",
        position: layout.at.get(step.id) ?? { x: 0, y: 0 },
        data: { step },
        width: WIDTH,
        height: HEIGHT,
        selected: step.id === chosen,
        draggable: false,
        connectable: false,
        ariaLabel: [step.kind, step.title, told(step)].filter(Boolean).join(", "),
      })),
    [path, layout, chosen],
  );
  const lines = useMemo<Edge[]>(
    () => path.links.map((link) => ({ id: `${link.source}>${link.target}`, source: link.source, target: link.target, type: "smoothstep", focusable: false, selectable: false, markerEnd: { type: MARKER, width: 16, height: 16 } })),
    [path],
  );
  return (
    <div className="way-canvas" style={{ height: Math.min(Math.max(layout.height + 40, 320), 1600) }}>
      <ReactFlow
        nodes={nodes}
        edges={lines}
        nodeTypes={KINDS}
        fitView
        fitViewOptions={{ padding: 0.04, maxZoom: 1, minZoom: 0.3 }}
        minZoom={0.15}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        onNodesChange={(changes) => {
          // Enter and the pointer select; nothing else of a step changes.
          for (const change of changes) if (change.type === "select" && change.selected) choose(change.id);
        }}
        onPaneClick={() => choose(null)}
        proOptions={{ hideAttribution: false }}
        aria-label="The way, from the workload to what is called"
      >
        <Controls showInteractive={false} position="top-right" />
      </ReactFlow>
    </div>
  );
}

function told(step: PathStep): string {
  return Object.entries(step.controls)
    .map(([name, state]) => `${name.replaceAll("_", " ")}: ${state}`)
    .join(", ");
}

function StepCard({ data: { step } }: NodeProps<StepNode>) {
  return (
    <div className="step" data-part={step.part} data-known={step.is_known}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <span className="step-kind">{step.kind}</span>
      <strong className="cut" title={step.title.slice(0, 500)}>
        {step.title}
      </strong>
      {Object.keys(step.controls).length > 0 && <ControlStrip controls={step.controls} />}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}
