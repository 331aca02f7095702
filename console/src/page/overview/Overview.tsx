import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useOne } from "../../api/page";
import { Badge } from "../../part/Badge";
import { Told } from "../../part/Prose";
import { Answer, Loading } from "../../part/State";
import { ago, count as told, moment, SEVERITIES, several, tone } from "../../part/words";
import { Page } from "../../shell/Page";
import { News } from "./News";
import { Tile } from "./Tile";

const CallsByDay = lazy(() => import("./CallsByDay"));

export default function Overview() {
  const overview = useOne("/api/v1/overview", {});
  const open = useOne("/api/v1/edges", { unprotected: "true", limit: "6" });
  const cases = useOne("/api/v1/cases", { limit: "5" });
  const blind = useOne("/api/v1/blind-spots", { limit: "5" });
  const of = overview.data;
  const count = (of: Record<string, number> | undefined) => of && sum(of);
  const looked = (at: keyof NonNullable<typeof of>["looked"]) => of && (of.looked[at] ?? null);
  return (
    <Page
      title="Overview"
      about={of?.last_seen ? `${several(of.accounts.length, "account")}; the newest record is of ${moment(of.last_seen)} UTC.` : "What is unprotected, what is wrong, and what could not be seen."}
    >
      {of?.stale && (
        <div className="notice" data-tone="bad" role="alert">
          <p>
            <strong>What is shown is old: nothing that was written since {moment(of.stale.since)} UTC could be read.</strong>
          </p>
          <p>
            <Told>{of.stale.reason}</Told>
          </p>
        </div>
      )}
      <div className="tiles">
        <Tile to="/map" of={overview} value={of?.edges} name="edges to models" tone="plain" looked={looked("edges")} />
        <Tile to="/map" search={{ unprotected: "true", view: "table" }} of={overview} value={of && of.unprotected + of.protection_unknown} name="not known to be protected" tone="bad" />
        <Tile to="/findings" search={{ status: "fail" }} of={overview} value={count(of?.failing)} name="findings fail" tone="bad" looked={looked("findings")} />
        <Tile to="/findings" search={{ status: "unknown" }} of={overview} value={of?.unknown} name="could not be decided" tone="warn" />
        <Tile to="/cases" of={overview} value={count(of?.cases)} name="cases in the logs" tone="bad" looked={looked("cases")} />
        <Tile to="/coverage" of={overview} value={of && of.blind_spots} name="blind spots" tone="warn" looked={looked("blind_spots")} />
        <Tile to="/coverage" search={{ tab: "calls" }} of={overview} value={of?.not_read} name="calls not answered" tone="warn" />
        <Tile to="/models" of={overview} value={of?.models} name="models called" tone="plain" />
      </div>
      <News />
      <section className="card stack">
        <h2>Calls of models by day</h2>
        <Suspense fallback={<Loading />}>
          <CallsByDay />
        </Suspense>
      </section>
      <div className="cards">
        <section className="card stack">
          <Title name="Findings that fail" to="/findings" />
          <Answer of={overview}>
            {(data) => (
              <>
                <Severities of={data.failing} />
                <ul className="list">
                  {data.worst.slice(0, 4).map((finding) => (
                    <li key={finding.fingerprint}>
                      <Link to="/findings" search={{ finding: finding.fingerprint }} className="wrap">
                        {finding.title}
                      </Link>
                      <span className="quiet small wrap">{finding.resource_title || finding.resource}</span>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Answer>
        </section>
        <section className="card stack">
          <Title name="Cases" to="/cases" />
          <Answer of={cases}>
            {(data) =>
              data.items.length === 0 ? (
                <Quiet>{looked("cases") === null ? "Nobody has looked: `sightline detect` does." : "Nobody's doings made a case. `sightline detect` looks again."}</Quiet>
              ) : (
                <ul className="list">
                  {data.items.map((one) => (
                    <li key={one.case_id}>
                      <div className="row">
                        <Badge word={one.severity} />
                        <span className="quiet small">{ago(one.last_seen)}</span>
                      </div>
                      <Link to="/cases" search={{ case: one.case_id }} className="wrap">
                        {one.title}
                      </Link>
                    </li>
                  ))}
                </ul>
              )
            }
          </Answer>
        </section>
        <section className="card stack">
          <Title name="Not known to be protected" to="/map" search={{ unprotected: "true", view: "table" }} />
          <Answer of={open}>
            {(data) =>
              data.items.length === 0 ? (
                <Quiet>{of?.edges ? "Each edge has the controls that the policy asks for." : "No edges yet: read logs with `sightline ingest`, then run `sightline map`."}</Quiet>
              ) : (
                <ul className="list">
                  {data.items.map((edge) => (
                    <li key={edge.edge_id}>
                      <Link to="/map" search={{ edge: edge.edge_id, view: "table", unprotected: "true" }} className="wrap">
                        {edge.workload_title || edge.workload_arn} → {edge.target_title || edge.target_arn}
                      </Link>
                      <span className="quiet small">
                        {several(edge.calls, "call")}, last {ago(edge.last_seen)}
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Answer>
        </section>
        <section className="card stack">
          <Title name="What cannot be seen" to="/coverage" />
          <Answer of={blind}>
            {(data) =>
              data.items.length === 0 ? (
                <Quiet>No blind spot is known. `sightline blindspots` looks for them after a scan.</Quiet>
              ) : (
                <ul className="list">
                  {data.items.map((spot) => (
                    <li key={spot.spot_id}>
                      <Link to="/coverage" search={{ spot: spot.spot_id }} className="wrap">
                        {spot.lost || spot.reason}
                      </Link>
                      <span className="quiet small">
                        {spot.account_id} · {spot.region} · {spot.telemetry}
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Answer>
        </section>
      </div>
    </Page>
  );
}

function Quiet({ children }: { children: string }) {
  return (
    <p className="quiet">
      <Told>{children}</Told>
    </p>
  );
}

function sum(of: Record<string, number>): number {
  return Object.values(of).reduce((all, one) => all + one, 0);
}

function Title({ name, to, search }: { name: string; to: string; search?: Record<string, string> }) {
  return (
    <div className="row">
      <h2 className="grow">{name}</h2>
      <Link to={to} search={search ?? {}} aria-label={`All: ${name}`}>
        All
      </Link>
    </div>
  );
}

function Severities({ of }: { of: Record<string, number> }) {
  const most = Math.max(1, ...SEVERITIES.map((word) => of[word] ?? 0));
  return (
    <ul className="bars">
      {SEVERITIES.map((word) => {
        const own = of[word] ?? 0;
        return (
          <li key={word}>
            <Link to="/findings" search={{ severity: word, status: "fail" }}>
              {word}
            </Link>
            <span className="bar" aria-hidden="true">
              <i data-tone={tone(word)} style={{ width: `${(own / most) * 100}%` }} />
            </span>
            <span className="n">{told(own)}</span>
          </li>
        );
      })}
    </ul>
  );
}
