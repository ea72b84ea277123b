import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AREA_NAMES, AREAS, scopesOf, toggled } from "@/pages/developers/keys/scopes";

describe("scopes", () => {
  it("are those that the schema asks for", () => {
    const folder = "../supabase/migrations";
    const asked = new Set(
      readdirSync(folder).flatMap((file) =>
        [...readFileSync(`${folder}/${file}`, "utf8").matchAll(/'([a-z_]+:(?:read|write))'/g)].map(
          ([, scope]) => scope,
        ),
      ),
    );
    expect(AREA_NAMES.flatMap((area) => AREAS[area].map((deed) => `${area}:${deed}`)).sort()).toEqual(
      [...asked].sort(),
    );
  });

  it("are told in as few words as will do", () => {
    expect(scopesOf({ all: true, some: new Set() })).toEqual(["*"]);
    const some = new Set(["payments:read", "payments:write", "operations:read", "logs:read"]);
    expect(scopesOf({ all: false, some })).toEqual(["payments:*", "operations:read", "logs:read"]);
  });

  it("are turned over one by one", () => {
    const one = toggled({ all: false, some: new Set() }, "payments:read");
    expect([...one.some]).toEqual(["payments:read"]);
    expect([...toggled(one, "payments:read").some]).toEqual([]);
  });
});
