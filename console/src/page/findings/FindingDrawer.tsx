import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useOne } from "../../api/page";
import type { FindingDetail } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Drawer } from "../../part/Drawer";
import { Facts, Mono } from "../../part/Facts";
import { Prose, Told } from "../../part/Prose";
import { SafeLink } from "../../part/SafeLink";
import { Answer } from "../../part/State";
import { TabSet } from "../../part/TabSet";
import { moment } from "../../part/words";
import { MuteDialog, Unmute } from "./MuteDialog";

export function FindingDrawer({ id, close }: { id: string; close: () => void }) {
  const finding = useOne("/api/v1/findings/{fingerprint}", {}, { fingerprint: id });
  return (
    <Drawer title={finding.data?.title ?? "Finding"} close={close}>
      <Answer of={finding}>{(data) => <FindingBody of={data} />}</Answer>
    </Drawer>
  );
}

function FindingBody({ of }: { of: FindingDetail }) {
  const [muting, setMuting] = useState(false);
  return (
    <>
      <div className="row">
        <Badge word={of.severity} />
        <Badge word={of.status} />
        <span className="grow" />
        {of.mute ? (
          <Unmute of={of} />
        ) : (
          <button type="button" className="button small" onClick={() => setMuting(true)}>
            Mute…
          </button>
        )}
      </div>
      {of.mute && (
        <div className="notice" data-tone="warn">
          <p>
            Muted until {of.mute.expires} by {of.mute.owner}
          </p>
          <p>{of.mute.reason}</p>
        </div>
      )}
      <p className="wrap">
        <Told>{of.reason}</Told>
      </p>
      {of.missing_actions.length > 0 && (
        <section className="stack">
          <h3>What the scanner would need</h3>
          <Code language="IAM actions" text={of.missing_actions.join("\n")} />
        </section>
      )}
      <Fixes of={of} />
      <Facts
        of={[
          ["Resource", <Mono key="r">{of.resource}</Mono>],
          ["Name", of.resource_title],
          ["Account", of.account_id],
          ["Region", of.region],
          ["Check", <Mono key="c">{of.check_id}</Mono>],
          ["Frameworks", Object.entries(of.frameworks).map(([name, ids]) => `${name}: ${ids.join(", ")}`).join("; ")],
          ["Seen", `${moment(of.evaluated_at)} UTC`],
          ["Fingerprint", <Mono key="f">{of.fingerprint}</Mono>],
        ]}
      />
      {of.about && (
        <section className="stack">
          <h3>Why it matters</h3>
          <Prose>{of.about}</Prose>
        </section>
      )}
      {of.references.length > 0 && (
        <ul className="stack">
          {of.references.map((address) => (
            <li key={address}>
              <SafeLink address={address} />
            </li>
          ))}
        </ul>
      )}
      <Link to="/findings" search={{ select: of.check_id }}>
        All findings of this check
      </Link>
      {muting && <MuteDialog of={of} close={() => setMuting(false)} />}
    </>
  );
}

function Fixes({ of }: { of: FindingDetail }) {
  if (of.fix.length === 0) return null;
  return (
    <section className="stack">
      <h3>What to change</h3>
      <TabSet
        name="Fix in"
        tabs={of.fix.map((fix, place) => ({
          id: `${place}`,
          name: fix.language,
          content: fix.language === "text" ? <Prose>{fix.text}</Prose> : <Code language={fix.language} text={fix.text} name="Copy fix" />,
        }))}
      />
    </section>
  );
}
