import { Link } from "@tanstack/react-router";
import { useOne } from "../../api/page";
import type { AllNews } from "../../api/types";
import { Pick } from "../../part/FilterBar";
import { useFilters } from "../../part/filters";
import { Told } from "../../part/Prose";
import { Answer } from "../../part/State";
import { count, moment, several, shortArn } from "../../part/words";

const DAY = 86_400_000;
const SINCE = [
  { value: "7", name: "In the last 7 days" },
  { value: "30", name: "In the last 30 days" },
];

interface Entry {
  key: string;
  to: string;
  search: Record<string, string>;
  title: string;
  about?: string;
}

interface Kind {
  name: string;
  to: string;
  search?: Record<string, string>;
  of: { compared_with?: string | null; newest?: string | null; count: number; gone: number };
  /** what looks, where nobody did */
  looks: string;
  entries: Entry[];
}

/** Entries of a kind that are shown; the list behind its name has all. */
const SHOWN = 4;

/** What the newest runs found and an earlier one did not. Where there is no earlier run, it says so: that is not the same as nothing new. */
export function News() {
  const { search } = useFilters();
  const days = Number(search["since"]);
  const since = days > 0 ? new Date(Date.now() - days * DAY).toISOString().slice(0, 10) : undefined;
  const news = useOne("/api/v1/overview/new", { since });
  return (
    <section className="card stack">
      <div className="row">
        <h2 className="grow">What is new</h2>
        <Pick filter="since" name="New since" all="Since the run before" choices={SINCE} />
      </div>
      <Answer of={news}>
        {(data) => (
          <ul className="news">
            {kinds(data).map((kind) => (
              <KindItem key={kind.name} kind={kind} />
            ))}
          </ul>
        )}
      </Answer>
    </section>
  );
}

function KindItem({ kind }: { kind: Kind }) {
  const { of, entries } = kind;
  return (
    <li className="stack">
      <h3>
        <Link to={kind.to} search={kind.search ?? {}}>
          {kind.name}
        </Link>
      </h3>
      {!of.newest ? (
        <Quiet>{`Nobody has looked: \`${kind.looks}\` does.`}</Quiet>
      ) : !of.compared_with ? (
        <Quiet>{`One run alone, of ${moment(of.newest)} UTC: the next one tells what is new.`}</Quiet>
      ) : (
        <>
          <p className="new-count" data-tone={of.count > 0 ? "warn" : undefined}>
            <b>{count(of.count)}</b> <span className="quiet">{of.gone > 0 ? `new, ${count(of.gone)} gone` : "new"}</span>
          </p>
          <ul className="list small">
            {entries.slice(0, SHOWN).map((entry) => (
              <li key={entry.key}>
                <Link to={entry.to} search={entry.search} className="wrap two-lines">
                  {entry.title}
                </Link>
                {entry.about && <span className="quiet wrap two-lines">{entry.about}</span>}
              </li>
            ))}
          </ul>
          {of.count > SHOWN && <p className="quiet small">and {several(of.count - Math.min(SHOWN, entries.length), "more", "more")}</p>}
          <p className="quiet small">Compared with {moment(of.compared_with)} UTC</p>
        </>
      )}
    </li>
  );
}

function Quiet({ children }: { children: string }) {
  return (
    <p className="quiet small">
      <Told>{children}</Told>
    </p>
  );
}

function kinds({ findings, edges, models, cases, blind_spots: spots }: AllNews): Kind[] {
  return [
    {
      name: "Findings that fail",
      to: "/findings",
      search: { status: "fail" },
      of: findings,
      looks: "sightline findings",
      entries: findings.items.map((one) => ({ key: one.fingerprint, to: "/findings", search: { finding: one.fingerprint }, title: one.title, about: one.resource_title || one.resource })),
    },
    {
      name: "Edges",
      to: "/map",
      search: { view: "table" },
      of: edges,
      looks: "sightline map",
      entries: edges.items.map((one) => ({ key: one.edge_id, to: "/map", search: { view: "table", edge: one.edge_id }, title: `${one.workload_title || one.workload_arn} → ${one.target_title || one.target_arn}` })),
    },
    {
      name: "Models",
      to: "/models",
      of: models,
      looks: "sightline map",
      entries: models.items.map((one) => ({ key: one.arn, to: "/models", search: { one: one.arn }, title: one.title || shortArn(one.arn) })),
    },
    {
      name: "Cases",
      to: "/cases",
      of: cases,
      looks: "sightline detect",
      entries: cases.items.map((one) => ({ key: one.case_id, to: "/cases", search: { case: one.case_id }, title: one.title })),
    },
    {
      name: "Blind spots",
      to: "/coverage",
      of: spots,
      looks: "sightline blindspots",
      entries: spots.items.map((one) => ({ key: one.spot_id, to: "/coverage", search: { spot: one.spot_id }, title: one.lost || one.reason, about: `${one.account_id} · ${one.region}` })),
    },
  ];
}
