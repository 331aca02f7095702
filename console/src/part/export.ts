/** A value as one CSV cell. A text that a spreadsheet would take for a formula is made a text (CWE-1236). */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv(names: string[], rows: unknown[][]): string {
  return [names, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function save(name: string, type: string, content: string | Blob): void {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Rows as objects: JSON as they are, CSV with every member that any row has. */
export function saveRows(name: string, format: "csv" | "json", rows: object[]): void {
  if (format === "json") {
    save(`${name}.json`, "application/json", JSON.stringify(rows, null, 2));
    return;
  }
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const values = rows.map((row) => names.map((member) => (row as Record<string, unknown>)[member]));
  save(`${name}.csv`, "text/csv", toCsv(names, values));
}
