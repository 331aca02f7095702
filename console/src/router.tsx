import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Loading } from "./part/State";
import { Missing, Shell } from "./shell/Shell";
import { Broken } from "./shell/Broken";

/** Filters as they stand in a link: names and texts. */
export type Search = Record<string, string | undefined>;

function readSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

function writeSearch(search: Record<string, unknown>): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") text.set(name, value);
  }
  const written = text.toString();
  return written ? `?${written}` : "";
}

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

function page(path: string, load: () => Promise<{ default: () => React.ReactNode }>) {
  return createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (search: Record<string, unknown>): Search => search as Search,
    component: lazyRouteComponent(load),
  });
}

const pages = [
  page("/", () => import("./page/overview/Overview")),
  page("/map", () => import("./page/map/MapPage")),
  page("/path", () => import("./page/path/PathPage")),
  page("/findings", () => import("./page/findings/Findings")),
  page("/models", () => import("./page/models/Models")),
  page("/workloads", () => import("./page/workloads/Workloads")),
  page("/access", () => import("./page/access/Access")),
  page("/cases", () => import("./page/cases/Cases")),
  page("/coverage", () => import("./page/coverage/Coverage")),
  page("/probes", () => import("./page/probes/Probes")),
  page("/onboarding", () => import("./page/onboarding/Onboarding")),
  page("/jobs", () => import("./page/jobs/Jobs")),
  page("/settings", () => import("./page/settings/Settings")),
  page("/query", () => import("./page/query/QueryPage")),
];

export const router = createRouter({
  routeTree: root.addChildren(pages),
  history: createHashHistory(),
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error }) => <Broken error={error} />,
  defaultPreload: "intent",
});
