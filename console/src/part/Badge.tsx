import { spaced, tone } from "./words";

export type Tone = "good" | "warn" | "bad" | "grave" | "accent" | "plain";

export function Badge({ word, tone: given }: { word: string; tone?: Tone }) {
  return (
    <span className="badge" data-tone={given ?? tone(word)}>
      {spaced(word)}
    </span>
  );
}
