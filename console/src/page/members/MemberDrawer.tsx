import { Link } from "@tanstack/react-router";
import type { Member } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Told } from "../../part/Prose";
import { count, moment, money, several, spaced } from "../../part/words";
import type { Sort } from "./Members";

export function MemberDrawer({ of, sort, close }: { of: Member; sort: Sort; close: () => void }) {
  const { used } = of;
  return (
    <Drawer title={of.title || of.arn} close={close}>
      <div className="row">
        <Badge word={spaced(of.kind)} tone="plain" />
        {of.protected ? <Badge word={of.protected === "yes" ? "protected" : of.protected === "no" ? "unprotected" : "not known to be protected"} tone={of.protected === "yes" ? "good" : of.protected === "no" ? "bad" : "warn"} /> : <Badge word="never seen in use" tone="plain" />}
      </div>
      <Facts
        of={[
          ["ARN", <Mono key="a">{of.arn}</Mono>],
          ["Account", of.account_id],
          ["Application", of.application],
          ["Regions", of.regions.join(", ")],
          ["Edges", `${count(used.edges)}, ${count(used.unprotected)} unprotected, ${count(used.unknown)} not known`],
          ["Calls", `${count(used.calls)}, ${several(used.errors, "error")}`],
          ["Tokens", used.input_tokens + used.output_tokens > 0 ? `${count(used.input_tokens)} in, ${count(used.output_tokens)} out` : ""],
          ["Cost", used.cost_usd > 0 ? `${money(used.cost_usd)} by the list price, an estimate` : ""],
          ["Seen", used.first_seen ? `${moment(used.first_seen)} – ${moment(used.last_seen)} UTC` : ""],
          [sort.allowed, of.allowed === null || of.allowed === undefined ? <Told key="n">not evaluated yet: `sightline access` does</Told> : count(of.allowed)],
        ]}
      />
      <div className="row">
        {sort.mapFilter && (
          <Link to="/map" search={{ [sort.mapFilter]: of.arn }}>
            On the map
          </Link>
        )}
        {sort.list === "models" && (
          <Link to="/access" search={{ resource: of.arn }}>
            Who can use it
          </Link>
        )}
        {sort.list === "identities" && (
          <Link to="/access" search={{ principal: of.arn }}>
            What it may use
          </Link>
        )}
        {sort.list === "workloads" && (
          <Link to="/access" search={{ workload: of.arn }}>
            What it may use
          </Link>
        )}
      </div>
      {of.others.length > 0 && (
        <section className="stack">
          <h3>{sort.others}</h3>
          <ul className="list">
            {of.others.map((arn) => (
              <li key={arn}>
                <Mono>{arn}</Mono>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Drawer>
  );
}
