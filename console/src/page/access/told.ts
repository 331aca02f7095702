// Ways and conditions come as JSON whose inner shape may grow: what is not known is shown as it is written.

function line(value: unknown): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value)
      .filter(([, one]) => one !== null && one !== "")
      .map(([name, one]) => `${name.replaceAll("_", " ")}: ${typeof one === "string" ? one : JSON.stringify(one)}`)
      .join("; ");
  }
  return JSON.stringify(value) ?? "";
}

export function steps(witness: unknown): string[] {
  return Array.isArray(witness) ? witness.map(line) : [];
}

export function ways(value: unknown): string[][] {
  return Array.isArray(value) ? value.map((way) => (Array.isArray(way) ? way.map(line) : [line(way)])) : [];
}
