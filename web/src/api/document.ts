// The host's document, with what it leaves out: `GET /api/me` shares its path with `DELETE`, in another group of routes,
// and the document keeps only one of the two.
import type { components, paths } from "./schema.gen";

type LikeIt = paths["/api/quota-presets"]["get"];
type Responses = Omit<LikeIt["responses"], 200> & {
  200: {
    headers: { [name: string]: unknown };
    content: { "application/json; charset=utf-8": components["schemas"]["Me"] };
  };
};

export type Api = Omit<paths, "/api/me"> & {
  "/api/me": Omit<paths["/api/me"], "get"> & { get: Omit<LikeIt, "responses"> & { responses: Responses } };
};
