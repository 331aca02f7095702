import { Link } from "@tanstack/react-router";
import type { BlindSpot, Coverage } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Told } from "../../part/Prose";
import { moment } from "../../part/words";

export function SpotDrawer({ of, close }: { of: BlindSpot; close: () => void }) {
  const command = of.fix.startsWith("sightline ");
  return (
    <Drawer title={of.lost || `${of.telemetry} of ${of.plane}`} close={close}>
      <div className="row">
        <Badge word={of.sight} />
        <span className="wrap">
          <Told>{of.reason}</Told>
        </span>
      </div>
      <Facts
        of={[
          ["Plane", of.plane],
          ["Telemetry", of.telemetry],
          ["Of", of.subject && <Mono>{of.subject}</Mono>],
          ["Account", of.account_id],
          ["Region", of.region],
          ["Seen", of.seen_since ? `${moment(of.seen_since)} – ${moment(of.seen_until)} UTC` : "never"],
          ["Blind from", of.blind_from ? `${moment(of.blind_from)} UTC` : ""],
          ["Blind until", of.blind_until ? `${moment(of.blind_until)} UTC` : ""],
        ]}
      />
      {of.fix && (
        <section className="stack">
          <h3>What brings it</h3>
          {command ? (
            <Code language="shell" text={of.fix} />
          ) : (
            <p>
              The prerequisite <code>{of.fix}</code>: <Link to="/onboarding">render and verify it under Onboarding</Link>
            </p>
          )}
        </section>
      )}
    </Drawer>
  );
}

export function CoverageDrawer({ of, close }: { of: Coverage; close: () => void }) {
  return (
    <Drawer title={of.operation} close={close}>
      <div className="row">
        <Badge word={of.outcome} />
        <span>{of.table_name}</span>
      </div>
      {of.error_message && <p className="wrap">{of.error_message}</p>}
      <Facts
        of={[
          ["Error", of.error_code],
          ["IAM action", <Mono key="a">{of.action}</Mono>],
          ["Resource", of.target && <Mono>{of.target}</Mono>],
          ["Account", of.account_id],
          ["Region", of.region],
          ["Rows", String(of.rows)],
          ["Calls", String(of.calls)],
          ["When", `${moment(of.collected_at)} UTC`],
        ]}
      />
      {of.outcome === "denied" && of.action && (
        <section className="stack">
          <h3>What allows it</h3>
          <Code language="json" text={JSON.stringify({ Effect: "Allow", Action: of.action, Resource: "*" }, null, 2)} name="Copy statement" />
          <p className="quiet">
            The scanner's whole policy stands under <Link to="/onboarding">Onboarding</Link>.
          </p>
        </section>
      )}
    </Drawer>
  );
}
