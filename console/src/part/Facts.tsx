import { Fragment, type ReactNode } from "react";

/** Names and values; what has no value is left out. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

export function Mono({ children }: { children: string }) {
  return <span className="mono wrap">{children}</span>;
}
