// URLs are a contract with bookmarks, printed codes and the host.
import { expect, it } from "vitest";
import { paths } from "./paths";

it("keeps every URL as it is", () => {
  expect([
    paths.home(),
    paths.login("/research/invitations"),
    paths.invite("7Qm2"),
    paths.conversation("c1"),
    paths.invitations(),
    paths.invitation("i1"),
    paths.codes(new URLSearchParams("search=pilot 7")),
    paths.account(),
    paths.users(),
    paths.user("u1"),
    paths.presets(),
    paths.audit(),
    paths.audit("u1"),
    paths.socket("c1", undefined),
    paths.socket("c1", "12.34"),
  ]).toEqual([
    "/",
    "/login?next=%2Fresearch%2Finvitations",
    "/invite/7Qm2",
    "/conversation/c1",
    "/research/invitations",
    "/research/invitations/i1",
    "/research/invitations/codes?search=pilot+7",
    "/account",
    "/admin/users",
    "/admin/users/u1",
    "/admin/presets",
    "/admin/audit",
    "/admin/audit?person=u1",
    "ws://localhost:3000/ws/conversation/c1",
    "ws://localhost:3000/ws/conversation/c1?after=12.34",
  ]);
});
