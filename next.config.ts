import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  // Types are checked by `npm test`; checking them again would only make the first start slower.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "@duckdb/node-api",
    "lmdb",
    "ioredis",
    "pg-boss",
    "pg",
    "pino",
    "@electric-sql/pglite",
    "@node-rs/argon2",
  ],
  experimental: {
    optimizePackageImports: ["@tabler/icons-react", "@mantine/core", "@mantine/hooks", "@mantine/charts"],
  },
};

export default config;
