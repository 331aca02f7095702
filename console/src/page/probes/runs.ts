import { useMemo } from "react";
import { type Rows, rowsOf, useOne } from "../../api/page";
import type { Run } from "./told";

/** The newest runs; a thousand are more than anybody looks through. */
export function useRuns(): Rows<Run> {
  const found = useOne("/api/v1/probe-runs", { limit: "1000" });
  return useMemo(() => rowsOf(found.data?.items ?? [], found), [found]);
}
