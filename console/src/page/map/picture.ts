import { save } from "../../part/export";
import type { Drawing } from "./drawing";

const SIZE = 1600;
const MARGIN = 60;
/** With more nodes than these, names would lie on one another. */
const NAMED = 300;

/** Puts the drawing's own coordinates onto a square picture; `y` grows upwards in the drawing. */
function fitted(drawing: Drawing) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const node of drawing.nodes) {
    left = Math.min(left, node.x);
    right = Math.max(right, node.x);
    low = Math.min(low, node.y);
    high = Math.max(high, node.y);
  }
  const scale = (SIZE - 2 * MARGIN) / Math.max(right - left, high - low, 1e-9);
  const places = new Map(drawing.nodes.map((node) => [node.id, { ...node, x: MARGIN + (node.x - left) * scale, y: MARGIN + (high - node.y) * scale }]));
  return { places, height: Math.ceil((high - low) * scale + 2 * MARGIN) };
}

const SVG = "http://www.w3.org/2000/svg";

function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, typeof value === "number" ? String(Math.round(value * 10) / 10) : value);
  // XML has no control characters, not even escaped.
  if (text !== undefined) made.textContent = text.replaceAll(/\p{Cc}|[\ufffe\uffff]/gu, "");
  return made;
}

export function saveSvg(drawing: Drawing, background: string, ink: string): void {
  const { places, height } = fitted(drawing);
  const picture = element("svg", { viewBox: `0 0 ${SIZE} ${height}`, "font-family": "sans-serif", "font-size": 13, fill: ink });
  picture.append(element("rect", { width: SIZE, height, fill: background }));
  for (const line of drawing.lines) {
    const from = places.get(line.source);
    const to = places.get(line.target);
    if (from && to) picture.append(element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: line.colour, "stroke-width": line.size }));
  }
  for (const node of places.values()) {
    const point = element("circle", { cx: node.x, cy: node.y, r: node.size, fill: node.colour });
    point.append(element("title", {}, node.title));
    picture.append(point);
    if (places.size <= NAMED) picture.append(element("text", { x: node.x + node.size + 4, y: node.y + 4 }, node.title.slice(0, 48)));
  }
  save("sightline-map.svg", "image/svg+xml", new XMLSerializer().serializeToString(picture));
}

export function savePng(drawing: Drawing, background: string, ink: string): void {
  const { places, height } = fitted(drawing);
  const canvas = document.createElement("canvas");
  canvas.width = SIZE * 2;
  canvas.height = height * 2;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(2, 2);
  pen.fillStyle = background;
  pen.fillRect(0, 0, SIZE, height);
  for (const line of drawing.lines) {
    const from = places.get(line.source);
    const to = places.get(line.target);
    if (!from || !to) continue;
    pen.strokeStyle = line.colour;
    pen.lineWidth = line.size;
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  }
  pen.font = "13px sans-serif";
  for (const node of places.values()) {
    pen.fillStyle = node.colour;
    pen.beginPath();
    pen.arc(node.x, node.y, node.size, 0, 2 * Math.PI);
    pen.fill();
    if (places.size <= NAMED) {
      pen.fillStyle = ink;
      pen.fillText(node.title.slice(0, 48), node.x + node.size + 4, node.y + 4);
    }
  }
  canvas.toBlob((blob) => blob && save("sightline-map.png", "image/png", blob), "image/png");
}
