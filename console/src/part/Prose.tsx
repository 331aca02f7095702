import { Fragment } from "react";

/** One line of text in which what stands between backticks is code. Nothing else of Markdown is read, no HTML ever. */
export function Told({ children }: { children: string }) {
  const parts = children.split("`");
  // A backtick without its twin is a backtick.
  if (parts.length % 2 === 0) return <>{children}</>;
  return (
    <>
      {parts.map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : <Fragment key={place}>{part}</Fragment>))}
    </>
  );
}

/** Paragraphs and lists of a text that was written in Markdown. */
export function Prose({ children }: { children: string }) {
  return (
    <div className="prose">
      {children
        .slice(0, 20_000)
        .split(/\n\s*\n/)
        .map((block, place) => {
          const lines = block.split("\n");
          if (lines.every((line) => /^\s*[-*] |^\s{2,}/.test(line))) {
            const items = block.split(/^\s*[-*] /m).filter((item) => item.trim());
            return (
              <ul key={place}>
                {items.map((item, number) => (
                  <li key={number}>
                    <Told>{item.replaceAll(/\s+/g, " ")}</Told>
                  </li>
                ))}
              </ul>
            );
          }
          return (
            <p key={place}>
              <Told>{lines.join(" ")}</Told>
            </p>
          );
        })}
    </div>
  );
}
