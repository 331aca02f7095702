import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { signOut } from "../api/session";
import { Empty } from "../part/State";
import { Icon, type IconName } from "./Icon";
import { ThemeSwitch } from "./ThemeSwitch";

const PAGES: { name: string; pages: [to: string, name: string, icon: IconName][] }[] = [
  {
    name: "What there is",
    pages: [
      ["/", "Overview", "home"],
      ["/map", "Map", "map"],
      ["/models", "Models", "model"],
      ["/workloads", "Workloads", "workload"],

    ],
  },
  {
    name: "What is wrong",
    pages: [
      ["/findings", "Findings", "finding"],
      ["/cases", "Detections", "case"],
      ["/access", "Access", "key"],

      ["/coverage", "Coverage", "eye"],
    ],
  },
  {
    name: "What to do",
    pages: [
      ["/query", "Query", "query"],
      ["/probes", "Probes", "probe"],
      ["/onboarding", "Onboarding", "onboard"],
      ["/jobs", "Jobs", "job"],
      ["/settings", "Settings", "settings"],

    ],
  },
];

export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    setOpen(false);
    const name = PAGES.flatMap((group) => group.pages).find(([to]) => to === path)?.[1];
    document.title = name ? `${name} · Sightline` : "Sightline";
    // After a change of page, reading goes on at the page, not at the link that led to it.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [path]);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        To the page
      </a>
      <aside className="side" data-open={open ? "" : undefined} aria-label="Sightline">
        <Link to="/" className="brand" aria-label="Sightline, overview">
          <img src="./icon.svg" alt="" />
          Sightline
        </Link>
        <button type="button" className="button menu-button" aria-expanded={open} onClick={() => setOpen(!open)}>
          Menu
        </button>
        <nav aria-label="Pages">
          {PAGES.map((group) => (
            <div key={group.name}>
              <h2>{group.name}</h2>
              <ul>
                {group.pages.map(([to, name, icon]) => (
                  <li key={to}>
                    <Link to={to} search={{}} activeOptions={{ exact: to === "/", includeSearch: false }}>
                      <Icon name={icon} />
                      {name}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <div className="foot">
          <ThemeSwitch />
          <button type="button" className="button small" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      </aside>
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

export function Missing() {
  return (
    <Empty title="There is no such page">The link may be of another version. The pages stand at the side.</Empty>
  );
}
