// URLs are a contract with bookmarks, printed codes and the host.
import { expect, it } from "vitest";
import { paths } from "./paths";
import { researchPaths } from "./research-paths";

it("keeps every URL as it is", () => {
  expect([
    paths.home(),
    paths.login("/research/invitations"),
    paths.invite("7Qm2"),
    paths.conversation("c1"),
    paths.invitations(),
    paths.desk(),
    researchPaths.invitation("i1"),
    researchPaths.watch("i1", "c1"),
    researchPaths.conversation("c1"),
    researchPaths.codes(new URLSearchParams("search=pilot 7")),
    researchPaths.tags(),
    researchPaths.qr("i1", "png"),
    paths.account(),
    paths.users(),
    paths.user("u1"),
    paths.presets(),
    paths.audit(),
    paths.audit("u1"),
    paths.socket("c1", undefined),
    paths.socket("c1", "12.34"),
    researchPaths.observe("c1", "12.34"),
  ]).toEqual([
    "/",
    "/login?next=%2Fresearch%2Finvitations",
    "/invite/7Qm2",
    "/conversation/c1",
    "/research/invitations",
    "/research",
    "/research/invitations/i1",
    "/research/invitations/i1?watch=c1",
    "/research/conversations/c1",
    "/research/invitations/codes?search=pilot+7",
    "/research/tags",
    "/api/invitations/i1/qr.png",
    "/account",
    "/admin/users",
    "/admin/users/u1",
    "/admin/presets",
    "/admin/audit",
    "/admin/audit?person=u1",
    "ws://localhost:3000/ws/conversation/c1",
    "ws://localhost:3000/ws/conversation/c1?after=12.34",
    "ws://localhost:3000/ws/observe/c1?after=12.34",
  ]);
});
