/**
 * Node's `node:http`, for its values. An `import` of it would look at each of its exports, and one of them is Node's whole
 * fetch: 60 ms at each start, for something that nobody here uses.
 */
export const nodeHttp: typeof import("node:http") = process.getBuiltinModule("node:http");
