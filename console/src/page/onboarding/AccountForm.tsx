import { useId } from "react";

export interface Account {
  account_id: string;
  regions: string;
  principal: string;
  external_id: string;
  role_arn: string;
}

const FIELDS: [name: keyof Account, title: string, placeholder: string][] = [
  ["account_id", "Account", "111122223333"],
  ["regions", "Regions, the home region first", "us-east-1 eu-west-1"],
  ["principal", "Who may assume the scanner's role", "444455556666"],
  ["external_id", "External id", ""],
  ["role_arn", "Role to verify with; empty for the server's own", "arn:aws:iam::111122223333:role/sightline-scanner"],
];

export function isAccount(id: string): boolean {
  return /^[0-9]{12}$/.test(id);
}

export function AccountForm({ account, change }: { account: Account; change: (account: Account) => void }) {
  const prefix = useId();
  const wrong = account.account_id !== "" && !isAccount(account.account_id);
  return (
    <form className="card account" aria-label="The account" onSubmit={(event) => event.preventDefault()}>
      {FIELDS.map(([name, title, placeholder]) => (
        <div className="field" key={name}>
          <label htmlFor={prefix + name}>{title}</label>
          <input
            id={prefix + name}
            value={account[name]}
            placeholder={placeholder}
            maxLength={2048}
            autoComplete="off"
            aria-invalid={(name === "account_id" && wrong) || undefined}
            onChange={(event) => change({ ...account, [name]: name === "account_id" ? event.target.value.trim() : event.target.value })}
          />
          {name === "account_id" && wrong && <span role="alert">An account's id has twelve digits</span>}
        </div>
      ))}
    </form>
  );
}
