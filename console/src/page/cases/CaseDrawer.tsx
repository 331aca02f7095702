import { Link } from "@tanstack/react-router";
import { useOne } from "../../api/page";
import type { Case, Signal } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Told } from "../../part/Prose";
import { Answer } from "../../part/State";
import { moment, several } from "../../part/words";

export function CaseDrawer({ id, close }: { id: string; close: () => void }) {
  const found = useOne("/api/v1/cases/{case_id}", {}, { case_id: id });
  return (
    <Drawer title={found.data?.title ?? "Case"} close={close}>
      <Answer of={found}>{(data) => <CaseBody of={data} />}</Answer>
    </Drawer>
  );
}

function CaseBody({ of }: { of: Case }) {
  return (
    <>
      <div className="row">
        <Badge word={of.severity} />
        <span className="quiet">
          {moment(of.first_seen)} – {moment(of.last_seen)} UTC
        </span>
      </div>
      <p className="wrap">
        <Told>{of.summary}</Told>
      </p>
      <Facts
        of={[
          ["Identity", <Mono key="i">{of.identity_arn}</Mono>],
          ["Behind it", of.workload_arn !== of.identity_arn ? <Mono key="w">{of.workload_arn}</Mono> : ""],
          ["Account", of.account_id],
          ["Regions", of.regions.join(", ")],
          ["Models", of.models.join(", ")],
          ["From", of.source_ips.join(", ")],
          ["Access keys", of.access_key_ids.join(", ")],
        ]}
      />
      <Link to="/map" search={{ workload: of.workload_arn || of.identity_arn }}>
        What else it called, on the map
      </Link>
      <section className="stack">
        <h3>{several(of.signals.length, "signal")}, in order of time</h3>
        <ol className="steps">
          {of.signals.map((signal, place) => (
            <SignalItem key={place} signal={signal} />
          ))}
        </ol>
      </section>
    </>
  );
}

function SignalItem({ signal }: { signal: Signal }) {
  return (
    <li>
      <span className="quiet small">{moment(signal.first_seen)} UTC</span>
      <div className="row">
        <Badge word={signal.severity} />
        <strong className="wrap">{signal.title}</strong>
      </div>
      <p className="wrap">{signal.reason}</p>
      <details>
        <summary>
          {several(signal.events, "event")}; {several(signal.evidence.length, "place")}
        </summary>
        <ul className="stack">
          {signal.evidence.map((place, number) => (
            <li key={number}>
              <Mono>{place.line > 0 ? `${place.object}:${place.line}` : place.object}</Mono>
              {place.event_id && <p className="quiet small wrap">event {place.event_id}</p>}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}
