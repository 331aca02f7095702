import { useState } from "react";

/** Puts a text into the clipboard and says so, also to a screen reader. */
export function Copy({ text, name = "Copy" }: { text: string; name?: string }) {
  const [said, setSaid] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Mark and copy it by hand");
    }
    setTimeout(() => setSaid(""), 2500);
  }
  return (
    <button type="button" className="button small" onClick={() => void copy()}>
      <span aria-live="polite">{said || name}</span>
    </button>
  );
}

export function Code({ text, language, name = "Copy" }: { text: string; language: string; name?: string }) {
  return (
    <div className="code">
      <header>
        <span>{language}</span>
        <Copy text={text} name={name} />
      </header>
      <pre tabIndex={0} aria-label={`${language} text`}>
        {text}
      </pre>
    </div>
  );
}
