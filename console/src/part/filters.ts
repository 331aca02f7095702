import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Search } from "../router";

/** The filters of the page, which live in its link. */
export function useFilters() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Search, how: { push?: boolean } = {}) => {
      const to = (old: Search) =>
        Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined && value !== ""));
      void navigate({ to: ".", search: to as never, replace: !how.push });
    },
    [navigate],
  );
  return { search, set };
}

/** Those filters that the API knows. */
export function only(search: Search, names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, search[name] || undefined]));
}
