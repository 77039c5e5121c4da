/**
 * The arrows of the tree, checked by `npm run check`. Reads top down: who may import whom, and who alone may touch Yjs.
 * A new arrow is a decision: change it here, and say why in the commit.
 */

const product = "^(client|server|shared)/";
const features = "(canvas|plan|editor|presence)";
const npm = (names) => `node_modules/(${names})/`;

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one thing, or lack a third below them.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "client-and-server-apart",
      comment: "They meet in shared/ and on the wire.",
      severity: "error",
      from: { path: "^(client|server)/" },
      to: { path: "^(client|server)/", pathNot: "^$1/" },
    },
    {
      name: "shared-stands-alone",
      comment: "shared/ runs anywhere: nothing of one side, and nothing of Node.",
      severity: "error",
      from: { path: "^shared/" },
      to: { path: "^(client|server)/" },
    },
    {
      name: "shared-without-node",
      severity: "error",
      from: { path: "^shared/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "product-without-tests",
      severity: "error",
      from: { path: product },
      to: { path: "^tests/" },
    },
    {
      name: "product-without-dev-dependencies",
      comment: "A machine that installed with NODE_ENV=production has none of them.",
      severity: "error",
      from: { path: product },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^virtual:" },
    },

    // Below: STYLE's arrows inside each side.
    {
      name: "features-apart",
      comment: "What two features need moves down to client/board, client/session or client/ui.",
      severity: "error",
      from: { path: `^client/${features}/` },
      to: { path: `^client/${features}/`, pathNot: "^client/$1/" },
    },
    {
      name: "features-below-app",
      severity: "error",
      from: { path: "^client/", pathNot: "^client/(app/|main\\.tsx$|bench)" },
      to: { path: "^client/(app/|main\\.tsx$)" },
    },
    {
      name: "foundations-below-features",
      severity: "error",
      from: { path: "^client/(board|session|ui|messages)/" },
      to: { path: `^client/${features}/` },
    },
    {
      name: "ui-without-boards",
      comment: "client/ui knows buttons and dialogs, not boards.",
      severity: "error",
      from: { path: "^client/ui/" },
      to: { path: "^(client/(board|session)|shared/(board|access|protocol))/" },
    },
    {
      name: "session-below-board",
      severity: "error",
      from: { path: "^client/session/" },
      to: { path: "^client/board/" },
    },
    {
      name: "order-and-geometry-at-the-bottom",
      severity: "error",
      from: { path: "^shared/(order|geometry)/" },
      to: { path: "^shared/(board|access|protocol)/" },
    },
    {
      name: "store-knows-no-one",
      comment: "Bytes in, bytes out.",
      severity: "error",
      from: { path: "^server/store/" },
      to: { path: "^server/(relay|http|access)/" },
    },
    {
      name: "store-by-its-interface",
      comment: "main hands a store in; everybody else knows BoardStore alone, and the staff accounts their own door.",
      severity: "error",
      from: { path: "^server/(relay|http|access)/" },
      to: { path: "^server/store/", pathNot: "^server/store/(board-store|sql-door)\\.ts$" },
    },
    {
      name: "relay-below-http",
      severity: "error",
      from: { path: "^server/(relay|access)/" },
      to: { path: "^server/http/" },
    },
    {
      name: "access-below-relay",
      severity: "error",
      from: { path: "^server/access/" },
      to: { path: "^server/relay/" },
    },
    {
      name: "main-is-not-imported",
      comment: "The only file that does something when imported; main.js turns Node's compile cache on before.",
      severity: "error",
      from: { pathNot: "^server/main\\.js$" },
      to: { path: "^server/main\\.ts$" },
    },
    {
      name: "yjs-behind-its-doors",
      comment:
        "Everything else reads plain values and calls commands; update-pieces cuts what both sides put on the wire, and history puts a lane together as it was.",
      severity: "error",
      from: {
        path: product,
        pathNot: "^(shared/(board/|protocol/update-pieces)|client/(session|editor)/|server/(relay|history|demo)/)",
      },
      to: { path: npm("yjs|y-protocols|y-websocket|y-indexeddb|@tiptap/y-tiptap") },
    },
    {
      name: "editor-kit-in-the-editor",
      comment: "TipTap is loaded when first needed, and from one place.",
      severity: "error",
      from: { path: product, pathNot: "^client/editor/" },
      to: { path: npm("@tiptap") },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^client/dist" },
    // TypeScript 7 has no JavaScript API that dependency-cruiser could call; swc reads the same imports.
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
