import { expect, it } from "vitest";
import { may, type Role } from "@/app/organization";

it.each([
  ["viewer", "developer", false],
  ["developer", "developer", true],
  ["admin", "developer", true],
  ["developer", "admin", false],
  ["owner", "admin", true],
] satisfies [Role, Role, boolean][])("a %s may do what takes a %s: %s", (has, needs, allowed) => {
  expect(may(has, needs)).toBe(allowed);
});
