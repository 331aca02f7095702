import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../../api/http";
import type { Prerequisite, Rendering } from "../../api/types";
import { Code } from "../../part/Copy";
import { save } from "../../part/export";
import { Answer } from "../../part/State";
import { words } from "../../part/words";
import { type Account, isAccount } from "./AccountForm";

const FORMATS = { terraform: "Terraform", cloudformation: "CloudFormation", cli: "AWS CLI", policy: "Policies" } as const;
type Format = keyof typeof FORMATS;

export function Render({ of, account }: { of: Prerequisite; account: Account }) {
  const [format, setFormat] = useState<Format>("terraform");
  const ready = isAccount(account.account_id);
  const wanted = {
    format,
    account_id: account.account_id,
    regions: words(account.regions),
    as_documented: false,
    parameters: { principal: account.principal.trim() || null, scanner_external_id: account.external_id.trim() || null },
  } as Rendering;
  const rendered = useQuery({
    queryKey: ["/api/v1/prerequisites/{id}/render", of.id, wanted],
    queryFn: () => send("post", "/api/v1/prerequisites/{id}/render", { id: of.id }, wanted),
    enabled: ready,
    retry: false,
  });
  return (
    <section className="stack">
      <div className="row">
        <h3 className="grow">Write it down as</h3>
        <div className="group" role="group" aria-label="Format">
          {Object.entries(FORMATS).map(([value, name]) => (
            <button key={value} type="button" className="button small" aria-pressed={format === value} onClick={() => setFormat(value as Format)}>
              {name}
            </button>
          ))}
        </div>
      </div>
      {ready ? (
        <Answer of={rendered}>
          {(data) => (
            <>
              <Code language={FORMATS[format]} text={data.text} name={`Copy ${FORMATS[format]}`} />
              <button type="button" className="button small fit" onClick={() => save(`${of.id}.${data.extension}`, "text/plain", data.text)}>
                Save as {of.id}.{data.extension}
              </button>
            </>
          )}
        </Answer>
      ) : (
        <p className="notice">Enter the account's twelve digits above: the text is written for it.</p>
      )}
    </section>
  );
}
