import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { send } from "../../api/http";
import { useOne } from "../../api/page";
import type { Role, Token } from "../../api/types";
import { Badge } from "../../part/Badge";
import { Code } from "../../part/Copy";
import { Dialog } from "../../part/Drawer";
import { FormDialog } from "../../part/FormDialog";
import { Answer, Failure } from "../../part/State";
import { moment } from "../../part/words";

export function TokenList() {
  const tokens = useOne("/api/v1/tokens", {});
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  return (
    <div className="stack">
      <div className="row">
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          New token…
        </button>
        <span className="quiet">Viewers read, operators run jobs and mute, administrators make tokens.</span>
      </div>
      <Answer of={tokens}>
        {(data) => (
          <div className="card plain-table">
            <table>
              <caption className="hidden-name">Tokens</caption>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Role</th>
                  <th scope="col">State</th>
                  <th scope="col">Made, UTC</th>
                  <th scope="col">Last used, UTC</th>
                  <th scope="col">
                    <span className="hidden-name">Revoke</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((token) => (
                  <tr key={token.id}>
                    <td className="wrap">{token.name}</td>
                    <td>{token.role}</td>
                    <td>{stateOf(token)}</td>
                    <td>{moment(token.created_at)}</td>
                    <td>{moment(token.last_used_at)}</td>
                    <td>
                      {!token.revoked_at && (
                        <button type="button" className="button small danger" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                          Revoke…
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
      {making && <NewToken close={() => setMaking(false)} />}
      {revoking && <Revoke of={revoking} close={() => setRevoking(undefined)} />}
    </div>
  );
}

function stateOf(token: Token) {
  if (token.revoked_at) return <Badge word="revoked" tone="plain" />;
  if (!token.expires_at) return <Badge word="never expires" tone="warn" />;
  return Date.parse(token.expires_at) < Date.now() ? <Badge word="expired" tone="plain" /> : <>until {moment(token.expires_at)}</>;
}

function NewToken({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [expires, setExpires] = useState("90d");
  const ids = [useId(), useId(), useId()] as const;
  const made = useMutation({
    mutationFn: () => send("post", "/api/v1/tokens", {}, { name: name.trim(), role, expires: expires || null }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["/api/v1/tokens"] }),
  });
  if (made.data) {
    return (
      <Dialog title="The token" close={close}>
        <p>Copy it now: it is not shown again.</p>
        <Code language="token" text={made.data.secret} name="Copy token" />
        <button type="button" className="button primary" onClick={close}>
          Done
        </button>
      </Dialog>
    );
  }
  return (
    <FormDialog title="New token" act="Make token" work={made} enter={() => made.mutate()} close={close}>
      <div className="field">
        <label htmlFor={ids[0]}>Whose it is</label>
        <input id={ids[0]} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={ids[1]}>Role</label>
        <select id={ids[1]} value={role} onChange={(event) => setRole(event.target.value as Role)}>
          <option value="viewer">Viewer</option>
          <option value="operator">Operator</option>
          <option value="admin">Administrator</option>
        </select>
      </div>
      <div className="field">
        <label htmlFor={ids[2]}>Ends after</label>
        <select id={ids[2]} value={expires} onChange={(event) => setExpires(event.target.value)}>
          <option value="1d">A day</option>
          <option value="30d">30 days</option>
          <option value="90d">90 days</option>
          <option value="365d">A year</option>
          <option value="">Never</option>
        </select>
      </div>
    </FormDialog>
  );
}

function Revoke({ of, close }: { of: Token; close: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => send("delete", "/api/v1/tokens/{id}", { id: of.id }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["/api/v1/tokens"] });
      close();
    },
  });
  return (
    <Dialog title={`Revoke the token of ${of.name}?`} close={close}>
      <p>Whoever uses it is refused from then on. It cannot be given back.</p>
      {revoke.error ? <Failure error={revoke.error} /> : null}
      <div className="row">
        <button type="button" className="button danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke
        </button>
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
