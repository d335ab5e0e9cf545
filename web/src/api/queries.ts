// All REST queries of the page, by resource.
import { QueryClient } from "@tanstack/react-query";
import { $api, problemOf, type Schemas } from "./client";
import type { paths } from "./schema.gen";

type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;

// Requests fail immediately when offline, so that the page can say so instead of waiting silently.
const networkMode = "always";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode,
      refetchOnReconnect: true,
      staleTime: 10_000,
      // Only transient failures: no response, or a server error.
      retry: (count, error) => count < 2 && [0, 500, 502, 503].includes(problemOf(error).status),
    },
    mutations: { networkMode },
  },
});

export const queries = {
  me: () => $api.queryOptions("get", "/api/me", {}),
  signInOptions: () => $api.queryOptions("get", "/api/auth", {}, { staleTime: Number.POSITIVE_INFINITY }),
  scenarios: () => $api.queryOptions("get", "/api/scenarios", {}),
  conversations: (query: Query<"/api/conversations"> = {}) =>
    $api.queryOptions("get", "/api/conversations", { params: { query } }),
  conversation: (id: string) => $api.queryOptions("get", "/api/conversations/{id}", { params: { path: { id } } }),
  landing: (token: string) => $api.queryOptions("get", "/api/invite/{token}", { params: { path: { token } } }),
  invitations: (query: Query<"/api/invitations"> = {}) =>
    $api.queryOptions("get", "/api/invitations", { params: { query } }),
  invitation: (id: string) => $api.queryOptions("get", "/api/invitations/{id}", { params: { path: { id } } }),
  invitationConversations: (id: string) =>
    $api.queryOptions("get", "/api/invitations/{id}/conversations", {
      params: { path: { id }, query: { limit: 200 } },
    }),
  presets: (query: Query<"/api/quota-presets"> = {}) =>
    $api.queryOptions("get", "/api/quota-presets", { params: { query } }),
  preview: (body: Schemas["PreviewInvitation"]) =>
    $api.queryOptions("post", "/api/invitations/preview", { body }, { staleTime: Number.POSITIVE_INFINITY }),
  users: (query: Query<"/api/users">) => $api.queryOptions("get", "/api/users", { params: { query } }),
  user: (id: string) => $api.queryOptions("get", "/api/users/{id}", { params: { path: { id } } }),
  audit: (query: Query<"/api/audit">) => $api.queryOptions("get", "/api/audit", { params: { query } }),
};
