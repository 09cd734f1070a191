import { describe, expect, it } from "vitest";
import { parseRedisAddress } from "./redis-address";

const PLAIN = { cluster: false, tls: false, username: null, password: null, db: 0 };

describe("the address of Redis", () => {
  it.each([
    ["redis://localhost", { ...PLAIN, hosts: [{ host: "localhost", port: 6379 }], label: "redis://localhost:6379" }],
    [
      "redis://10.0.0.1:7000/3",
      { ...PLAIN, hosts: [{ host: "10.0.0.1", port: 7000 }], db: 3, label: "redis://10.0.0.1:7000" },
    ],
    ["redis://h/", { ...PLAIN, hosts: [{ host: "h", port: 6379 }], label: "redis://h:6379" }],
    ["redis://[::1]:7000", { ...PLAIN, hosts: [{ host: "::1", port: 7000 }], label: "redis://[::1]:7000" }],
    [
      "rediss://:s%40cret@h:1",
      { ...PLAIN, tls: true, password: "s@cret", hosts: [{ host: "h", port: 1 }], label: "rediss://h:1" },
    ],
    [
      "redis://ada:a:b@c@h",
      { ...PLAIN, username: "ada", password: "a:b@c", hosts: [{ host: "h", port: 6379 }], label: "redis://h:6379" },
    ],
    [
      "rediss+cluster://ada:x@a:1,b:2,c",
      {
        cluster: true,
        tls: true,
        username: "ada",
        password: "x",
        db: 0,
        hosts: [
          { host: "a", port: 1 },
          { host: "b", port: 2 },
          { host: "c", port: 6379 },
        ],
        label: "rediss+cluster://a:1,b:2,c:6379",
      },
    ],
  ])("%s", (url, expected) => {
    expect(parseRedisAddress(url)).toEqual(expected);
  });

  it.each([
    "http://h:1",
    "redis://",
    "redis://a:1,b:2",
    "redis+cluster://a:1,b:2/3",
    "redis://h:0",
    "redis://h:70000",
    "redis://h:1/x",
    "redis://h?password=hunter2",
    "redis://u:hunter2%@h:1",
    "redis://u:hunter2@h:1,",
    "redis://u:hunter2@:1",
  ])("%s is refused, and never repeated", (url) => {
    let message = "";
    try {
      parseRedisAddress(url);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("validation_failed");
    expect(message).not.toContain("hunter2");
  });
});
