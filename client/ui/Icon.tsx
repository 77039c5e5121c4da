import styles from "./Icon.module.css";

/** Strokes on a 24 × 24 sheet. A `!` before a path marks one that is mirrored for right-to-left readers. */
const drawings = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 13l4.5 4.5L19 7",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  edit: "M4 20l1-4.2L15.6 5.2a1.8 1.8 0 0 1 2.6 0l.6.6a1.8 1.8 0 0 1 0 2.6L8.2 19zM14 7l3 3",
  trash: "M5 7h14M9 7V4.5h6V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v6M13.7 10.5v6",
  undo: "!M9 6L4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 10h-3",
  redo: "!M15 6l4.5 4.5L15 15M19 10.5h-9a5 5 0 0 0 0 10h3",
  up: "M12 19V5.5M6 11l6-6 6 6",
  down: "M12 5v13.5M6 13l6 6 6-6",
  start: "!M19 12H5.5M11 6l-6 6 6 6",
  end: "!M5 12h13.5M13 6l6 6-6 6",
  "chevron-down": "M6 9.5l6 6 6-6",
  "chevron-up": "M6 14.5l6-6 6 6",
  "chevron-end": "!M9.5 6l6 6-6 6",
  "chevron-start": "!M14.5 6l-6 6 6 6",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  move: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
  link: "M10 14a4.2 4.2 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4.2 4.2 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1",
  unlink: "M7 12l-2 2a4 4 0 0 0 5.5 5.5l2-2M17 12l2-2a4 4 0 0 0-5.5-5.5l-2 2M4 4l16 16",
  map: "M4 6.5l5-2 6 2.5 5-2v12.5l-5 2-6-2.5-5 2zM9 4.5V17M15 7v12.5",
  list: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01",
  plan: "M6 4h12v16H6zM9 9l1.2 1.2L12.5 8M9 14.5l1.2 1.2 2.3-2.2M15 9.5h.5M15 15h.5",
  goal: "M6 21V4M6 5h11l-2.5 3.5L17 12H6",
  step: "M4 19h4.5v-5H13V9.5h4.5V5H21",
  calendar: "M4.5 6h15v14h-15zM4.5 10.5h15M8.5 3.5V7M15.5 3.5V7",
  people:
    "M9 11a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6zM2.8 19.5c.5-3.6 3-5.5 6.2-5.5s5.7 1.9 6.2 5.5M16 4.8a3.1 3.1 0 0 1 0 5.900M17.5 14.300c2 .7 3.3 2.5 3.7 5.2",
  invite:
    "M9.5 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c.5-3.8 3.1-5.7 6.5-5.700s6 1.9 6.5 5.700M19 7v6M16 10h6",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.500a2.6 2.6 0 1 1 3.7 2.300c-.8.4-1.2.9-1.2 1.900M12 17h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.700h.01",
  warning: "M12 4L2.8 19.500h18.400zM12 10v4.500M12 17h.01",
  offline:
    "M4 4l16 16M2.5 9.500A14 14 0 0 1 7 6.800M11 5.700c3.9-.2 7.7 1.1 10.5 3.800M5.5 13a9 9 0 0 1 5-2.500M15.5 11.300c1.1.4 2.1 1 3 1.700M8.8 16.400a4.6 4.6 0 0 1 5.8-.4M12 20h.01",
  globe:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.7 3.7 5.7 3.7 9s-1.2 6.3-3.7 9c-2.5-2.7-3.7-5.7-3.7-9S9.5 5.7 12 3z",
  copy: "M9 9h11v11.500H9zM6 15.500H4V3.500h11.500V6",
  "zoom-in": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.300L20.5 20.500M10.5 7.700v5.600M7.7 10.500h5.6",
  "zoom-out": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.300L20.5 20.500M7.7 10.500h5.6",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  eye: "M2.5 12C5 7.7 8.2 5.6 12 5.600s7 2.1 9.5 6.400c-2.5 4.3-5.7 6.4-9.5 6.400S5 16.3 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  save: "M12 4v10.5M7.5 10l4.5 4.500 4.5-4.500M4.5 16v4h15v-4",
  lock: "M6 11h12v9.500H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  out: "!M14 4.500H5v15h9M10 12h11M17.5 8.500L21 12l-3.5 3.5",
  "area-home": "M4 11l8-7 8 7M6 9.500V20h12V9.500M10 20v-5.500h4V20",
  "area-money": "M4 7.500h14.500v12H4zM4 7.500l11-3.500v3.500M18.5 12H14.500a1.7 1.7 0 0 0 0 3.500h4",
  "area-work":
    "M12 6.500C9.8 5 7 4.5 3.5 4.500v13.500c3.5 0 6.3.5 8.5 2 2.2-1.5 5-2 8.5-2V4.500c-3.5 0-6.3.5-8.5 2zM12 6.500V20",
  "area-people":
    "M8 11a2.8 2.8 0 1 0 0-5.600A2.8 2.8 0 0 0 8 11zM16 11a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM2.5 19c.4-3.2 2.5-5 5.5-5 1.6 0 3 .5 4 1.5 1-1 2.4-1.5 4-1.5 3 0 5.1 1.8 5.5 5",
  "area-health":
    "M12 20C6.5 16 3.5 12.7 3.5 9.300a4.3 4.3 0 0 1 8.5-1.5 4.3 4.3 0 0 1 8.5 1.500C20.5 12.7 17.5 16 12 20zM7 12h2.500l1.5-2.5 2 4.5 1.5-2H17",
  "area-fun":
    "M12 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.500V4M12 20v1.500M2.5 12H4M20 12h1.500M5.3 5.300l1.1 1.100M17.6 17.600l1.1 1.100M5.3 18.700l1.1-1.100M17.6 6.400l1.1-1.1",
  "area-culture":
    "M12 20.500V12M12 12C8 12 5.5 9.5 5.5 5.500c4 0 6.5 2.5 6.5 6.500zM12 14.500c0-3.7 2.3-6 6.5-6 0 4-2.5 6-6.5 6zM7.5 20.500h9",
  "kind-strength": "M12 3.500l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
  "kind-resource": "M4 8.500l8-4.5 8 4.500v7.500L12 20.5 4 16zM4 8.500l8 4.5 8-4.500M12 13v7.5",
  "kind-worked-before": "M5 5v4.500h4.500M5.3 9.500A7.5 7.5 0 1 1 4.5 13M12 8.500V13l3 2",
  "kind-helps-me": "M3.5 12a8.5 8.5 0 0 1 17 0zM12 3.500V2.500M12 12v6.500a2 2 0 0 0 4 0",
  "kind-value":
    "M12 20C6.5 16 3.5 12.7 3.5 9.300a4.3 4.3 0 0 1 8.5-1.5 4.3 4.3 0 0 1 8.5 1.500C20.5 12.7 17.5 16 12 20z",
  "kind-hope": "M3 17.500h18M7 17.500a5 5 0 0 1 10 0M12 6V8.500M4.7 9.700l1.7 1.700M19.3 9.700l-1.7 1.700M6 20.500h12",
  "kind-hard-thing":
    "M7.5 15a4 4 0 0 1-.3-8A5.5 5.5 0 0 1 17.7 8.3 3.4 3.4 0 0 1 17.5 15zM8.5 18l-1 2.500M12.5 18l-1 2.500M16.5 18l-1 2.5",
  "kind-need": "M12 3.500v9M8.5 9L12 12.5 15.5 9M4 14c0 3.8 3.4 6.5 8 6.500s8-2.7 8-6.5",
  "kind-person": "M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.500c.6-4.3 3.5-6.5 7.5-6.500s6.9 2.2 7.5 6.5",
  "kind-place":
    "M12 21.500c-4.5-4.5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2 6.5-6.5 11zM12 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  "kind-question": "M8 9a4 4 0 1 1 5.7 3.600c-1.2.6-1.7 1.4-1.7 2.900M12 19.500h.01",
  "kind-gift":
    "M4 9.500h16v4H4zM5.5 13.500h13v7h-13zM12 9.500v11M12 9.500C8.5 9.5 7 8 7 6.500S8.7 4 10 5c1 .8 1.7 2.5 2 4.5.3-2 1-3.7 2-4.5 1.3-1 3 0 3 1.500s-1.5 3-5 3z",
  "kind-service": "M5 20.500V4h9v16.500M14 9.500h5v11M3 20.500h18M8 8h3M8 12h3M8 16h3M16.5 13h.01M16.5 16.500h.01",
  "kind-route":
    "!M6 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM18 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8.5 18.500H15a3 3 0 0 0 0-6.200H9a3 3 0 0 1 0-6.300h6.5",
  "kind-speak-up": "!M4 10v4.500h3.500L16 19.500V5L7.5 10zM19 9.500c1 1.7 1 3.7 0 5.500M8.5 14.500l1 5.500h2.5",
} as const;

export type IconName = keyof typeof drawings;

interface IconProps {
  readonly name: IconName;
  /** Side length as CSS; 1.35em unless told. */
  readonly size?: string;
}

/** A line drawing in the colour of its text. Silent to screen readers: the words beside it, or `aria-label`, say it. */
export function Icon({ name, size }: IconProps) {
  const drawing = drawings[name];
  const mirrored = drawing.startsWith("!");
  return (
    <svg
      className={`${styles.icon} ${mirrored ? styles.mirrored : ""}`}
      style={size ? { inlineSize: size, blockSize: size } : undefined}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={mirrored ? drawing.slice(1) : drawing} />
    </svg>
  );
}

/**
 * The same drawing as a CSS image, in one colour, for where very many stand at once: an `<svg>` costs the browser three
 * property nodes and paint chunks of its own, a background nothing to speak of.
 */
export function iconImage(name: IconName, colour: string, dir: "ltr" | "rtl"): string {
  const drawing = drawings[name];
  const mirrored = drawing.startsWith("!");
  const turned = mirrored && dir === "rtl" ? ' transform="matrix(-1 0 0 1 24 0)"' : "";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="${colour}" stroke-width="1.8" ` +
    `stroke-linecap="round" stroke-linejoin="round"><path${turned} d="${mirrored ? drawing.slice(1) : drawing}"/></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
