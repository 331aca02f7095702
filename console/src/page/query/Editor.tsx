import { type KeyboardEvent, useId, useRef, useState } from "react";

/** A text field with completion: the list opens while a word is typed, or by Ctrl+Space. */
export function Editor({ sql, change, run, words }: { sql: string; change: (sql: string) => void; run: () => void; words: string[] }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [offers, setOffers] = useState<string[]>([]);
  const [at, setAt] = useState(0);
  const list = useId();

  function offer(text: string, caret: number, least: number) {
    const word = /[A-Za-z_][A-Za-z0-9_]*$/.exec(text.slice(0, caret))?.[0].toLowerCase() ?? "";
    const fit = word.length >= least ? words.filter((one) => one.toLowerCase().startsWith(word) && one.toLowerCase() !== word) : [];
    setOffers(fit.slice(0, 8));
    setAt(0);
  }

  function take(offered: string) {
    const caret = field.current?.selectionStart ?? sql.length;
    const begin = caret - (/[A-Za-z_][A-Za-z0-9_]*$/.exec(sql.slice(0, caret))?.[0].length ?? 0);
    change(sql.slice(0, begin) + offered + sql.slice(caret));
    setOffers([]);
    const end = begin + offered.length;
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(end, end);
    });
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      setOffers([]);
      run();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      offer(sql, event.currentTarget.selectionStart, 0);
    } else if (offers.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setAt((at + (event.key === "ArrowDown" ? 1 : offers.length - 1)) % offers.length);
    } else if (offers.length > 0 && (event.key === "Tab" || event.key === "Enter")) {
      event.preventDefault();
      take(offers[at] ?? "");
    } else if (offers.length > 0 && event.key === "Escape") {
      event.preventDefault();
      setOffers([]);
    }
  }

  return (
    <div className="editor">
      <textarea
        ref={field}
        className="mono"
        aria-label="SQL"
        aria-autocomplete="list"
        aria-controls={offers.length > 0 ? list : undefined}
        aria-activedescendant={offers.length > 0 ? `${list}-${at}` : undefined}
        rows={9}
        spellCheck={false}
        autoCapitalize="off"
        maxLength={20_000}
        value={sql}
        onChange={(event) => {
          change(event.target.value);
          offer(event.target.value, event.target.selectionStart, 2);
        }}
        onKeyDown={press}
        onBlur={() => setOffers([])}
      />
      {/* The line is there before it is needed: nothing below it moves while somebody types. */}
      <ul id={list} role={offers.length > 0 ? "listbox" : "presentation"} aria-label={offers.length > 0 ? "Completions" : undefined} className="offers">
        {offers.map((word, place) => (
          <li key={word} id={`${list}-${place}`} role="option" aria-selected={place === at} onMouseDown={(event) => event.preventDefault()} onClick={() => take(word)}>
            {word}
          </li>
        ))}
      </ul>
    </div>
  );
}
