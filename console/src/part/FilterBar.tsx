import { type ReactNode, useEffect, useId, useMemo, useState } from "react";
import { useFilters } from "./filters";
import { spaced } from "./words";

export function FilterBar({ names, children }: { names: readonly string[]; children: ReactNode }) {
  const { search, set } = useFilters();
  const any = names.some((name) => search[name]);
  return (
    <search className="filters" aria-label="Filters">
      {children}
      {any && (
        <button type="button" className="button plain" onClick={() => set(Object.fromEntries(names.map((name) => [name, undefined])))}>
          Clear filters
        </button>
      )}
    </search>
  );
}

export type Choice = string | { value: string; name: string };

export function Pick({ filter, name, choices, all }: { filter: string; name: string; choices: readonly Choice[]; all?: string }) {
  const { search, set } = useFilters();
  const value = search[filter] ?? "";
  const known = choices.some((choice) => (typeof choice === "string" ? choice : choice.value) === value);
  return (
    <select aria-label={name} value={value} data-set={value ? "" : undefined} onChange={(event) => set({ [filter]: event.target.value })}>
      <option value="">{all ?? `${name}: all`}</option>
      {!known && value && <option value={value}>{value}</option>}
      {choices.map((choice) => {
        const one = typeof choice === "string" ? { value: choice, name: spaced(choice) } : choice;
        return (
          <option key={one.value} value={one.value}>
            {one.name}
          </option>
        );
      })}
    </select>
  );
}

/** A text filter; it waits until the typing stops. */
export function Search({ filter, name }: { filter: string; name: string }) {
  const { search, set } = useFilters();
  const value = search[filter] ?? "";
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => set({ [filter]: typed }), 300);
    return () => clearTimeout(timer);
  }, [typed, value, filter, set]);
  return (
    <input
      type="search"
      aria-label={name}
      placeholder={name}
      value={typed}
      maxLength={200}
      data-set={value ? "" : undefined}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

export function Check({ filter, name }: { filter: string; name: string }) {
  const { search, set } = useFilters();
  const id = useId();
  return (
    <label className="check" htmlFor={id}>
      <input id={id} type="checkbox" checked={search[filter] === "true"} onChange={(event) => set({ [filter]: event.target.checked ? "true" : undefined })} />
      {name}
    </label>
  );
}

/** A choice among the values that rows have: those that were seen stay, also when a filter leaves one. */
export function Distinct({ filter, name, values }: { filter: string; name: string; values: string[] }) {
  const [seen] = useState(() => new Set<string>());
  const choices = useMemo(() => {
    for (const value of values) if (value) seen.add(value);
    return [...seen].sort().slice(0, 300);
  }, [values, seen]);
  return <Pick filter={filter} name={name} choices={choices.map((value) => ({ value, name: value }))} />;
}
