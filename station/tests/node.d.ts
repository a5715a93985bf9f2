// The little of Node.js that tests use, without a package for its types.
declare module "node:test";
declare module "node:assert/strict";
declare module "node:fs";
