import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type AnswerOf, get, type GetPath, type Named, type QueryOf } from "./http";

/** One page of a list. `next` is opaque; nothing where the list ends. */
export interface Page<T> {
  items: T[];
  next?: string | null;
  /** nothing where it is not counted */
  total?: number;
}

/** Paths of lists, and what is listed there. */
export type ListPath = { [P in GetPath]: AnswerOf<P> extends Page<unknown> ? P : never }[GetPath];
export type ItemOf<P extends ListPath> = AnswerOf<P> extends { items: (infer T)[] } ? T : never;

/** Where rows come from: also what an export asks again. */
export interface Source<P extends ListPath> {
  path: P;
  query: QueryOf<P>;
  named?: Named;
}

const PAGE_SIZE = 1000;
/** Rows that are loaded without being asked for; sorting is told to be over these. */
const STEP = 5000;

export interface Rows<T> {
  rows: T[];
  total: number | null;
  whole: boolean;
  loading: boolean;
  refreshing: boolean;
  error: unknown;
  retry: () => void;
  more: () => void;
  /** every row that the filters match, for an export; `tell` hears how many there are so far */
  all: (tell: (count: number) => void) => Promise<T[]>;
}

async function page<P extends ListPath>({ path, query, named }: Source<P>, cursor: string, signal?: AbortSignal): Promise<Page<ItemOf<P>>> {
  const paging = { limit: String(PAGE_SIZE), ...(cursor ? { cursor } : {}) };
  return (await get(path, { ...query, ...paging } as QueryOf<P>, named, signal)) as unknown as Page<ItemOf<P>>;
}

/** All rows of a list, page by page up to a bound, then on demand. */
export function useRows<P extends ListPath>(path: P, query: QueryOf<P>, named: Named = {}): Rows<ItemOf<P>> {
  const source: Source<P> = { path, query, named };
  const list = useInfiniteQuery({
    queryKey: [path, named, query],
    queryFn: ({ pageParam, signal }) => page(source, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((one) => one.items) ?? [], [list.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError, isPlaceholderData } = list;
  const wanted = rows.length % STEP !== 0 || rows.length === 0;
  useEffect(() => {
    if (hasNextPage && wanted && !isFetchingNextPage && !isError && !isPlaceholderData) void fetchNextPage();
  }, [hasNextPage, wanted, isFetchingNextPage, isError, isPlaceholderData, fetchNextPage, rows.length]);
  return {
    rows,
    total: list.data?.pages[0]?.total ?? null,
    whole: !hasNextPage,
    loading: list.isPending,
    refreshing: list.isFetching,
    error: list.error,
    retry: () => void list.refetch(),
    more: () => void fetchNextPage(),
    all: async (tell) => (hasNextPage ? everyRow(source, tell) : rows),
  };
}

/** One thing of the API. */
export function useOne<P extends GetPath>(path: P, query: QueryOf<P>, named: Named = {}) {
  return useQuery({ queryKey: [path, named, query], queryFn: ({ signal }) => get(path, query, named, signal) });
}

async function everyRow<P extends ListPath>(source: Source<P>, tell: (count: number) => void): Promise<ItemOf<P>[]> {
  const rows: ItemOf<P>[] = [];
  let cursor = "";
  do {
    const one = await page(source, cursor);
    rows.push(...one.items);
    tell(rows.length);
    cursor = one.next ?? "";
  } while (cursor !== "" && rows.length < 1_000_000);
  return rows;
}

/** Rows that came at once, such as a query's. */
export function rowsOf<T>(rows: T[], of: { isPending: boolean; error: unknown; refetch: () => unknown } = { isPending: false, error: null, refetch: () => undefined }): Rows<T> {
  return {
    rows,
    total: rows.length,
    whole: true,
    loading: of.isPending,
    refreshing: false,
    error: of.error,
    retry: () => void of.refetch(),
    more: () => undefined,
    all: async () => rows,
  };
}
