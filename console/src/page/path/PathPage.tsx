import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useOne } from "../../api/page";
import type { EdgeDetail, EdgePath } from "../../api/types";
import { useFilters } from "../../part/filters";
import { Answer, Empty, Loading } from "../../part/State";
import { moment, several } from "../../part/words";
import { Page } from "../../shell/Page";
import "../../style/path.css";
import { StepPanel } from "./StepPanel";
import { StepTable } from "./StepTable";

const PathGraph = lazy(() => import("./PathGraph"));

/** The way of one edge: who calls, as whom, what its traffic passes, and which controls are judged where. */
export default function PathPage() {
  const { search } = useFilters();
  const id = search["edge"];
  if (!id) {
    return (
      <Page title="Way">
        <div className="card">
          <Empty title="No edge is chosen">Choose one on the map: its evidence has a link to its way.</Empty>
        </div>
      </Page>
    );
  }
  return <OfEdge key={id} id={id} />;
}

function OfEdge({ id }: { id: string }) {
  const { search, set } = useFilters();
  const asTable = search["view"] === "table";
  const edge = useOne("/api/v1/edges/{edge_id}", {}, { edge_id: id });
  const path = useOne("/api/v1/edges/{edge_id}/path", {}, { edge_id: id });
  const of = edge.data;
  return (
    <Page
      title={of ? `${of.workload_title || of.workload_arn} → ${of.target_title || of.target_arn}` : "Way"}
      about={of ? `What its calls pass, as the newest scan saw the routes; last seen ${moment(of.last_seen)} UTC.` : "What its calls pass, as the newest scan saw the routes."}
      actions={
        <>
          <Link className="button" to="/map" search={{ edge: id, view: "table" }}>
            Evidence, controls and fix
          </Link>
          <div className="group" role="group" aria-label="Show the way as">
            <button type="button" className="button" aria-pressed={!asTable} onClick={() => set({ view: undefined })}>
              Picture
            </button>
            <button type="button" className="button" aria-pressed={asTable} onClick={() => set({ view: "table" })}>
              Table
            </button>
          </div>
        </>
      }
    >
      <Answer of={path}>
        {(data) => (
          <>
            {data.unknown.length > 0 && (
              <div className="notice" data-tone="warn">
                <p>
                  <strong>Not all of the way is known.</strong>
                </p>
                <ul>
                  {data.unknown.slice(0, 8).map((why) => (
                    <li key={why} className="wrap">
                      {why}
                    </li>
                  ))}
                </ul>
                {data.left_out > 0 && <p>{several(data.left_out, "step is", "steps are")} left out: there are too many.</p>}
              </div>
            )}
            {asTable ? <StepTable path={data} /> : <AsPicture path={data} edge={of} />}
          </>
        )}
      </Answer>
    </Page>
  );
}

function AsPicture({ path, edge }: { path: EdgePath; edge: EdgeDetail | undefined }) {
  const [chosen, choose] = useState<string | null>(null);
  return (
    <div className="way">
      <Suspense fallback={<Loading what="Drawing…" />}>
        <PathGraph path={path} chosen={chosen} choose={choose} />
      </Suspense>
      <StepPanel path={path} edge={edge} chosen={chosen} choose={choose} />
    </div>
  );
}
