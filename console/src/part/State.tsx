import type { ReactNode } from "react";
import { explain } from "../api/problem";
import { Told } from "./Prose";

export function Loading({ what = "Loading…" }: { what?: string }) {
  return (
    <p className="loading" role="status">
      {what}
    </p>
  );
}

export function Empty({ title, children }: { title: string; children: string }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>
        <Told>{children}</Told>
      </p>
    </div>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail, advice, requestId } = explain(error);
  return (
    <div className="notice" data-tone="bad" role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      {detail && (
        <p>
          <Told>{detail}</Told>
        </p>
      )}
      <p>
        <Told>{advice}</Told>
      </p>
      {requestId && <p className="quiet small">Request {requestId}</p>}
      {retry && (
        <p>
          <button type="button" className="button small" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

/** Shows an answer of the API: waiting, failed, or what it is. */
export function Answer<T>({
  of,
  children,
}: {
  of: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  children: (data: T) => ReactNode;
}) {
  if (of.error) return <Failure error={of.error} retry={() => void of.refetch()} />;
  if (of.isPending || of.data === undefined) return <Loading />;
  return <>{children(of.data)}</>;
}
