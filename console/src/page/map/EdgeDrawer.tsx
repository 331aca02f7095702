import { Link } from "@tanstack/react-router";
import { useOne, useRows } from "../../api/page";
import type { Control, EdgeDetail } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Prose, Told } from "../../part/Prose";
import { Answer, Failure, Loading } from "../../part/State";
import { bytes, CONTROL_NAMES, count, moment, money, several, spaced, tone } from "../../part/words";

export function EdgeDrawer({ id, close }: { id: string; close: () => void }) {
  const edge = useOne("/api/v1/edges/{edge_id}", {}, { edge_id: id });
  const title = edge.data ? `${edge.data.workload_title || edge.data.workload_arn} → ${edge.data.target_title || edge.data.target_arn}` : "Edge";
  return (
    <Drawer title={title} close={close}>
      <Answer of={edge}>{(data) => <EdgeBody edge={data} />}</Answer>
    </Drawer>
  );
}

function EdgeBody({ edge }: { edge: EdgeDetail }) {
  return (
    <>
      <section className="stack" aria-label="Path">
        <PathSteps edge={edge} />
        <p className="wrap">
          <Told>{edge.attribution}</Told>
        </p>
        <div className="row">
          <Badge word={spaced(edge.class)} tone="accent" />
          <Badge word={`${edge.confidence} join`} tone={edge.confidence === "inferred" ? "warn" : "good"} />
          <Link to="/path" search={{ edge: edge.edge_id }}>
            The way, step by step
          </Link>
          <Link to="/map" search={{ workload: edge.workload_arn }}>
            All edges of this workload
          </Link>
        </div>
      </section>
      <section className="stack">
        <h3>Controls</h3>
        <p className="row">
          <Badge word={edge.protected === "yes" ? "protected" : edge.protected === "no" ? "unprotected" : "not known to be protected"} tone={tone(edge.protected)} />
          <span className="quiet small wrap">Protected means {edge.protected_means}</span>
        </p>
        <ul className="list">
          {edge.control_details.map((control) => (
            <ControlItem key={control.name} control={control} />
          ))}
        </ul>
        {edge.control_details.length === 0 && <p className="quiet">No controls are looked at for this class of traffic.</p>}
      </section>
      <section className="stack">
        <h3>What was seen</h3>
        <Facts
          of={[
            ["Calls", `${count(edge.calls)}, ${several(edge.errors, "error")}`],
            ["Tokens", tokens(edge)],
            ["Cost", edge.cost_usd === null || edge.cost_usd === undefined ? "" : `${money(edge.cost_usd)} by the list price, an estimate`],
            ["Bytes", traffic(edge)],
            ["First seen", `${moment(edge.first_seen)} UTC`],
            ["Last seen", `${moment(edge.last_seen)} UTC`],
            ["Account", edge.account_id],
            ["Region", edge.region],
            ["Service", edge.service && `${edge.service}${edge.port ? `:${edge.port}` : ""}`],
            ["Path", `${spaced(edge.path)}${edge.path_evidence ? ` (${edge.path_evidence})` : ""}`],
          ]}
        />
      </section>
      <EvidenceList id={edge.edge_id} />
    </>
  );
}

/** The way of a call as an ordered list: it reads the same on a screen and aloud. */
function PathSteps({ edge }: { edge: EdgeDetail }) {
  const steps: [string, string, string][] = [
    [spaced(edge.workload_kind), edge.workload_title, edge.workload_arn],
    ["as", "", edge.identity_arn],
    ["through", spaced(edge.path), edge.path_evidence],
    [spaced(edge.target_kind), edge.target_title, edge.target_arn],
  ];
  return (
    <ol className="steps">
      {steps
        .filter(([, title, arn]) => title || arn)
        .map(([kind, title, arn]) => (
          <li key={kind + arn}>
            <span className="quiet small">{kind}</span>
            {title && <strong className="wrap">{title}</strong>}
            {arn && arn !== title && <Mono>{arn}</Mono>}
          </li>
        ))}
    </ol>
  );
}

function ControlItem({ control }: { control: Control }) {
  const fixes = control.fix ?? [];
  return (
    <li>
      <div className="row">
        <Badge word={control.state} />
        <strong>{CONTROL_NAMES[control.name] ?? control.name}</strong>
      </div>
      <p className="wrap">
        <Told>{control.reason}</Told>
      </p>
      {fixes.length > 0 && (
        <details>
          <summary>How to bring it</summary>
          <div className="stack">
            {fixes.map((fix) =>
              fix.language === "text" ? <Prose key={fix.text}>{fix.text}</Prose> : <Code key={fix.language + fix.text} language={fix.language} text={fix.text} name={`Copy ${fix.language}`} />,
            )}
          </div>
        </details>
      )}
    </li>
  );
}

function EvidenceList({ id }: { id: string }) {
  const rows = useRows("/api/v1/edges/{edge_id}/evidence", {}, { edge_id: id });
  return (
    <section className="stack">
      <h3>Evidence</h3>
      {rows.error ? <Failure error={rows.error} retry={rows.retry} /> : null}
      {rows.loading && <Loading />}
      {!rows.loading && !rows.error && rows.rows.length === 0 && <p className="quiet">No place is named for this edge.</p>}
      <ul className="list">
        {rows.rows.slice(0, 200).map((row, place) => (
          <li key={place}>
            <div className="row">
              <Badge word={row.proves} tone="plain" />
              <span className="quiet small">
                {row.source} {row.seen_at && `· ${moment(row.seen_at)} UTC`}
              </span>
            </div>
            <Mono>{row.line > 0 ? `${row.object}:${row.line}` : row.object}</Mono>
          </li>
        ))}
      </ul>
      {rows.rows.length > 200 && <p className="quiet">{several(rows.rows.length - 200, "place")} more; ask for them in SQL: table edge_evidence.</p>}
    </section>
  );
}

function tokens(edge: EdgeDetail): string {
  if (edge.input_tokens === null || edge.input_tokens === undefined) return "";
  return `${count(edge.input_tokens)} in, ${count(edge.output_tokens)} out`;
}

function traffic(edge: EdgeDetail): string {
  if (edge.bytes_out === null || edge.bytes_out === undefined) return "";
  return `${bytes(edge.bytes_out)} out, ${bytes(edge.bytes_in)} in`;
}
