import { useState } from "react";
import { useOne } from "../../api/page";
import type { Prerequisite } from "../../api/types";
import { useFilters } from "../../part/filters";
import { Prose } from "../../part/Prose";
import { Answer } from "../../part/State";
import { Page } from "../../shell/Page";
import { type Account, AccountForm } from "./AccountForm";
import { Render } from "./Render";
import { Verify } from "./Verify";
import "../../style/onboarding.css";

const FIRST: Account = { account_id: "", regions: "us-east-1", principal: "", external_id: "", role_arn: "" };

/** Three steps: say which account, write down what it needs, and have it verified. Nothing is changed in any account. */
export default function Onboarding() {
  const { search, set } = useFilters();
  const [account, setAccount] = useState<Account>({ ...FIRST, account_id: search["account"] ?? "" });
  const all = useOne("/api/v1/prerequisites", {});
  return (
    <Page title="Onboarding" about="What an account needs so that Sightline can see it: rendered for you to apply, then verified live. Nothing is changed by the console.">
      <AccountForm
        account={account}
        change={(next) => {
          setAccount(next);
          set({ account: next.account_id });
        }}
      />
      <Answer of={all}>
        {(data) => {
          // What is made of the others comes first: whoever wants all of it need not go through each.
          const items = data.items.toSorted((one, other) => Number(other.composition) - Number(one.composition));
          const chosen = items.find((one) => one.id === search["prerequisite"]) ?? items[0];
          return (
            <div className="onboarding">
              <nav aria-label="Prerequisites" className="card">
                <ol>
                  {items.map((one) => (
                    <li key={one.id}>
                      <button type="button" className="choice" aria-current={one === chosen ? "step" : undefined} onClick={() => set({ prerequisite: one.id })}>
                        {one.title}
                      </button>
                    </li>
                  ))}
                </ol>
              </nav>
              {chosen && <One key={chosen.id} of={chosen} account={account} />}
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}

function One({ of, account }: { of: Prerequisite; account: Account }) {
  return (
    <section className="card stack" aria-label={of.title}>
      <h2>{of.title}</h2>
      <Prose>{of.about}</Prose>
      <Render of={of} account={account} />
      <Verify of={of} account={account} />
      {of.permissions.length > 0 && (
        <details>
          <summary>What verifying takes</summary>
          <ul className="list">
            {of.permissions.map((permission) => (
              <li key={permission.action}>
                <code>{permission.action}</code>
                <span className="quiet">{permission.why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
