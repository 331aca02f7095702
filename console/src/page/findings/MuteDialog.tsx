import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { send } from "../../api/http";
import type { Finding, Mute } from "../../api/types";
import { FormDialog } from "../../part/FormDialog";
import { Failure } from "../../part/State";

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

/** Changes a finding's mute, then has everything read anew that counts findings. */
function useMute(of: Finding, method: "put" | "delete", done: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body?: Mute) => send(method, "/api/v1/findings/{fingerprint}/mute", { fingerprint: of.fingerprint }, body),
    onSuccess: async () => {
      await queries.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/findings") });
      done();
    },
  });
}

export function MuteDialog({ of, close }: { of: Finding; close: () => void }) {
  const [reason, setReason] = useState("");
  const [owner, setOwner] = useState("");
  const [expires, setExpires] = useState(day(90));
  const mute = useMute(of, "put", close);
  const ids = [useId(), useId(), useId()] as const;
  return (
    <FormDialog title="Mute this finding" act="Mute" work={mute} enter={() => mute.mutate({ reason: reason.trim(), owner: owner.trim(), expires })} close={close}>
      <p className="quiet">It is kept, and does not count until the day is over.</p>
      <div className="field">
        <label htmlFor={ids[0]}>Why it is all right</label>
        <textarea id={ids[0]} rows={3} required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={ids[1]}>Who answers for it</label>
        <input id={ids[1]} required maxLength={200} value={owner} onChange={(event) => setOwner(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={ids[2]}>Until, UTC</label>
        <input id={ids[2]} type="date" required min={day(0)} value={expires} onChange={(event) => setExpires(event.target.value)} />
      </div>
    </FormDialog>
  );
}

export function Unmute({ of }: { of: Finding }) {
  const unmute = useMute(of, "delete", () => undefined);
  return (
    <span className="stack">
      <button type="button" className="button small" disabled={unmute.isPending} onClick={() => unmute.mutate(undefined)}>
        Unmute
      </button>
      {unmute.error ? <Failure error={unmute.error} /> : null}
    </span>
  );
}
