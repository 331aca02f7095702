import { useOne } from "../../api/page";
import { Answer } from "../../part/State";

/** The configuration as it is in force, and where each value is from. Secrets are not in it. */
export function Resolved() {
  const settings = useOne("/api/v1/settings", {});
  const version = useOne("/api/v1/version", {});
  const me = useOne("/api/v1/me", {});
  return (
    <div className="stack">
      <p className="quiet">
        {version.data && `Version ${version.data.version}. `}
        {me.data && `You are ${me.data.name}, ${me.data.role}.`}
      </p>
      <Answer of={settings}>
        {(data) => (
          <div className="card plain-table">
            <table>
              <caption className="hidden-name">Configuration</caption>
              <thead>
                <tr>
                  <th scope="col">Setting</th>
                  <th scope="col">Value</th>
                  <th scope="col">From</th>
                </tr>
              </thead>
              <tbody>
                {data.settings.map((setting) => (
                  <tr key={setting.setting}>
                    <td className="mono">{setting.setting}</td>
                    <td className="mono wrap">{setting.value}</td>
                    <td>{setting.from}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
    </div>
  );
}
