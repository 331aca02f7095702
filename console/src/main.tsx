import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { listen } from "./api/events";
import { Problem } from "./api/problem";
import { returned } from "./api/session";
import { onTokenChange, token } from "./api/token";
import { applyTheme, storedTheme } from "./part/theme";
import { router } from "./router";
import { SignIn } from "./shell/SignIn";
import "./style/base.css";
import "./style/shell.css";
import "./style/part.css";

applyTheme(storedTheme());

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // What the server understood and refused, it refuses again.
      retry: (failures, error) => !(error instanceof Problem && error.status < 500) && failures < 2,
    },
  },
});
// Before the router reads the address.
let brought = returned();
onTokenChange(() => {
  brought = null;
  queries.clear();
});

function Console() {
  const signedIn = useSyncExternalStore(onTokenChange, () => token() !== null);
  useEffect(() => (signedIn ? listen(queries) : undefined), [signedIn]);
  return signedIn ? <RouterProvider router={router} /> : <SignIn brought={brought} />;
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Console />
      </QueryClientProvider>
    </StrictMode>,
  );
}
