// Everything the page reads from the host by REST, by resource.
import { QueryClient } from "@tanstack/react-query";
import { $api, problemOf } from "./client";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Only what may be better the next time: nobody answered, or the host is in trouble.
      retry: (count, error) => count < 2 && [0, 500, 502, 503].includes(problemOf(error).status),
    },
  },
});

export const queries = {
  me: () => $api.queryOptions("get", "/api/me", {}),
  waysIn: () => $api.queryOptions("get", "/api/auth", {}, { staleTime: Number.POSITIVE_INFINITY }),
  scenarios: () => $api.queryOptions("get", "/api/scenarios", {}),
  conversations: () => $api.queryOptions("get", "/api/conversations", {}),
  conversation: (id: string) => $api.queryOptions("get", "/api/conversations/{id}", { params: { path: { id } } }),
  landing: (token: string) => $api.queryOptions("get", "/api/invite/{token}", { params: { path: { token } } }),
  invitations: () => $api.queryOptions("get", "/api/invitations", { params: { query: { limit: 200 } } }),
  invitation: (id: string) => $api.queryOptions("get", "/api/invitations/{id}", { params: { path: { id } } }),
};
