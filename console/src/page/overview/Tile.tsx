import { Link } from "@tanstack/react-router";
import { explain } from "../../api/problem";
import { count } from "../../part/words";

/** A number that leads to what it counts. Nothing is bad about nought, where somebody looked. */
export function Tile({
  to,
  search,
  of,
  value,
  name,
  tone,
  looked,
}: {
  to: string;
  search?: Record<string, string>;
  of: { error: unknown; isPending: boolean };
  value: number | null | undefined;
  name: string;
  tone: string;
  /** when somebody looked last; null where nobody did */
  looked?: string | null | undefined;
}) {
  const unseen = looked === null;
  const shown = of.error || unseen ? "?" : of.isPending ? "…" : count(value);
  return (
    <Link to={to} search={search ?? {}} className="tile" data-tone={unseen ? "warn" : value ? tone : undefined} title={of.error ? explain(of.error).title : undefined}>
      <b>{shown}</b>
      <span className="quiet">{of.error ? `${name}: could not be read` : unseen ? `${name}: nobody has looked` : name}</span>
    </Link>
  );
}
