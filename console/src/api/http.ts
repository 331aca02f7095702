import createClient from "openapi-fetch";
import { Problem, type ProblemBody } from "./problem";
import type { paths } from "./schema";
import { forgetToken, token } from "./token";

export const client = createClient<paths>({
  baseUrl: new URL(".", document.baseURI).href.replace(/\/$/, ""),
  querySerializer: (query) => {
    const set = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== undefined && value !== "");
    return new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  },
});

client.use({
  onRequest({ request }) {
    const own = token();
    if (own) request.headers.set("authorization", `Bearer ${own}`);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return;
    if (response.status === 401 && token()) forgetToken("rejected");
    const body: unknown = await response.json().catch(() => null);
    throw new Problem(response.status, (body ?? {}) as ProblemBody);
  },
});

type Method = "get" | "post" | "put" | "delete" | "patch";
type Answers = { 200: { content: { "application/json": unknown } } } | { 201: { content: { "application/json": unknown } } } | { 202: { content: { "application/json": unknown } } };

/** Paths that answer to this method with JSON. */
export type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never }[keyof paths];
export type GetPath = { [P in keyof paths]: paths[P] extends { get: { responses: Answers } } ? P : never }[keyof paths];

type Content<R> = R extends { 200: { content: { "application/json": infer T } } }
  ? T
  : R extends { 201: { content: { "application/json": infer T } } }
    ? T
    : R extends { 202: { content: { "application/json": infer T } } }
      ? T
      : undefined;
type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;

/** What the API answers, by its own document. */
export type AnswerOf<P extends keyof paths, M extends Method = "get"> = Operation<P, M> extends { responses: infer R } ? Content<R> : never;
/** Filters by the names of the document; a name that the API does not know does not compile. */
export type QueryOf<P extends keyof paths> = Operation<P, "get"> extends { parameters: { query?: infer Q } } ? { [K in keyof NonNullable<Q>]?: string | undefined } : Record<never, never>;
export type BodyOf<P extends keyof paths, M extends Method> = Operation<P, M> extends { requestBody?: { content: { "application/json": infer B } } } ? B : undefined;
/** What stands in for `{name}` in a path: ids come from accounts and may hold anything; they are escaped. */
export type Named = Record<string, string>;

interface Untyped {
  request(method: string, path: string, init: object): Promise<{ data?: unknown }>;
}
const untyped = client as unknown as Untyped;

export async function get<P extends GetPath>(path: P, query: QueryOf<P>, named: Named = {}, signal?: AbortSignal): Promise<AnswerOf<P>> {
  const { data } = await untyped.request("get", path, { params: { query, path: named }, ...(signal ? { signal } : {}) });
  return data as AnswerOf<P>;
}

export async function send<M extends Exclude<Method, "get">, P extends PathOf<M>>(method: M, path: P, named: Named, body?: BodyOf<P, M>): Promise<AnswerOf<P, M>> {
  const { data } = await untyped.request(method, path, { params: { path: named }, ...(body === undefined ? {} : { body }) });
  return data as AnswerOf<P, M>;
}
